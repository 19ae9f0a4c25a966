#!/bin/sh
# Send the status of the query string, or its Location if it has a slash, and
# the body that came; with a length, so that httpd need not guess.
text="$REQUEST_METHOD $PATH_INFO ${TELL:+$CORS_REQUEST$CORS_VERDICT}"
[ "$REQUEST_METHOD" != POST ] || text="$text $(cat)"
case $QUERY_STRING in
*/*) echo "Location: $QUERY_STRING" ;;
?*) echo "Status: $QUERY_STRING" ;;
esac
printf 'Set-Cookie: one=1\nSet-Cookie: two=2\nContent-Type: text/plain\n'
printf 'Content-Length: %s\n\n%s' ${#text} "$text"
