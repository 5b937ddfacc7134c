# A minimal config: the address of the server; Varnish's defaults for everything else.
vcl 4.1;

backend default {
  .host = "127.0.0.1";
  .port = "8000";
  .first_byte_timeout = 60s;
  .between_bytes_timeout = 60s;
}
