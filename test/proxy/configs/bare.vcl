# Only where the server is: all else as Varnish does by itself.
vcl 4.1;

backend default {
  .host = "127.0.0.1";
  .port = "8000";
  .first_byte_timeout = 60s;
  .between_bytes_timeout = 60s;
}
