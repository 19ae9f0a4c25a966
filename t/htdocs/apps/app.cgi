#!/bin/sh
# An application with CORS headers of its own, and the status that its URL ends
# in.
cat > /dev/null         # a body that nobody reads can cost the answer
echo "cgi $REQUEST_METHOD $REQUEST_URI" >> "$SEEN"
status=${REQUEST_URI##*/}
cat <<END
Status: $status
Access-Control-Allow-Origin: https://own.example
Access-Control-Allow-Origin: *
Access-Control-Allow-Credentials: true
Access-Control-Allow-Methods: DELETE
Vary: Accept-Language
Vary: Cookie
X-App: cgi
Content-Type: text/plain
END
case $status in
302) echo 'Location: https://elsewhere.example/' ;;
401) echo 'WWW-Authenticate: Basic realm="app"' ;;
esac
printf '\ncgi %s\n' "$REQUEST_METHOD"
