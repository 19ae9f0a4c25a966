#!/bin/sh
# An application that knows nothing of CORS.  It writes down what comes to it,
# sends the fields that the query asks for, and has no method OPTIONS.
[ -z "${SEEN:-}" ] || echo "$REQUEST_METHOD $REQUEST_URI" >> "$SEEN"
[ "$REQUEST_METHOD" != OPTIONS ] || printf 'Status: 405 No\nAllow: GET\n'
case $QUERY_STRING in
any) echo 'Access-Control-Allow-Origin: *' ;;
[45]*) echo "Status: $QUERY_STRING" ;;
env) env=$(env | grep '^REDIRECT_CORS\|^CORS\|^ORIGIN\|^REDIRECT_ORIGIN') ;;
esac
printf 'Content-Type: text/plain\n\napp %s\n%s' "$REQUEST_METHOD" "${env:-}"
