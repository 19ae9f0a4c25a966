#!/bin/sh
# An ErrorDocument that writes down that it was asked for.
echo "ERROR $REQUEST_URI" >> "$SEEN"
printf 'Content-Type: text/plain\n\nerror %s\n' "$REDIRECT_STATUS"
