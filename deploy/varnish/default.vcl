# OpsAgent behind Varnish: /etc/varnish/default.vcl
# Varnish ends a response after send_timeout (600 s). OpsAgent ends each stream before that, and the page reconnects.
vcl 4.1;

backend opsagent {
  .host = "127.0.0.1";
  .port = "8000";
  # A quiet stream sends a comment every 15 s; a POST is answered within 50 s.
  .first_byte_timeout = 60s;
  .between_bytes_timeout = 60s;
}

sub vcl_recv {
  # Replaces the forwarding headers of the client. hitch (hitch.conf) sends the client address by the PROXY protocol.
  unset req.http.Forwarded;
  set req.http.X-Forwarded-For = client.ip;
  set req.http.X-Forwarded-Host = req.http.Host;
  if (local.socket == "tls") {
    set req.http.X-Forwarded-Proto = "https";
  } else {
    set req.http.X-Forwarded-Proto = "http";
  }

  # The names of static files contain a hash of their content, so a copy never becomes stale.
  if (req.url ~ "^/static/") {
    unset req.http.Cookie;
    return (hash);
  }
  # All other responses are private, and streams must not be cached.
  return (pass);
}

sub vcl_backend_response {
  # The default, stated because streams depend on it: send a response while it arrives.
  set beresp.do_stream = true;
  # Neither compress nor decompress streams.
  if (beresp.http.Content-Type ~ "^text/event-stream") {
    set beresp.do_gzip = false;
    set beresp.do_gunzip = false;
  }
}
