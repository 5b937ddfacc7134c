# OpsAgent behind Varnish: /etc/varnish/default.vcl
# Varnish ends a response after send_timeout (600 s); OpsAgent ends each stream before that, and the page comes back.
vcl 4.1;

backend opsagent {
  .host = "127.0.0.1";
  .port = "8000";
  # Until the first byte, and between two: a quiet stream sends a comment every 15 s, a POST is answered within 50 s.
  .first_byte_timeout = 60s;
  .between_bytes_timeout = 60s;
}

sub vcl_recv {
  # The address that Varnish sees, not what a client claims. Through hitch (hitch.conf) it comes by the PROXY protocol.
  unset req.http.Forwarded;
  set req.http.X-Forwarded-For = client.ip;
  set req.http.X-Forwarded-Host = req.http.Host;
  if (local.socket == "tls") {
    set req.http.X-Forwarded-Proto = "https";
  } else {
    set req.http.X-Forwarded-Proto = "http";
  }

  # The files of the page are named by their content: any copy is right for ever.
  if (req.url ~ "^/static/") {
    unset req.http.Cookie;
    return (hash);
  }
  # All else is one person's, and streams are passed on as they come.
  return (pass);
}

sub vcl_backend_response {
  # The default, said aloud: a response is sent on while it arrives.
  set beresp.do_stream = true;
  # Streams are neither packed nor unpacked.
  if (beresp.http.Content-Type ~ "^text/event-stream") {
    set beresp.do_gzip = false;
    set beresp.do_gunzip = false;
  }
}
