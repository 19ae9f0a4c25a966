#!/bin/sh
# Sends httpd, not the client, to another URL.
printf 'Location: %s\n\n' "$QUERY_STRING"
