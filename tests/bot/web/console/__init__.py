"""The officials' console over HTTP and in a browser."""
