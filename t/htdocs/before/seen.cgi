#!/bin/sh
# Write down that a request came here.
echo "$REQUEST_METHOD $REQUEST_URI" >> "$SEEN"
printf 'Content-Type: text/plain\n\nseen %s\n' "$REQUEST_METHOD"
