#!/bin/sh
# Send the status of the query string, or the Location if it has a slash.
case $QUERY_STRING in
*/*) printf 'Location: %s\n\n' "$QUERY_STRING"; exit ;;
?*) echo "Status: $QUERY_STRING" ;;
esac
printf 'Content-Type: text/plain\n\nfields %s\n' "$REQUEST_METHOD"
