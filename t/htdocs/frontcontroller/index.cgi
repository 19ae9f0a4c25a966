#!/bin/sh
# A front controller with headers of its own.  Write down each run.
echo "$REQUEST_METHOD $REQUEST_URI" >> "$RUNS"
case $REQUEST_URI in
*/dies) exit ;;
*/missing) echo 'Status: 404 Not Found' ;;
*/error) echo 'Status: 500 Internal Server Error' ;;
*/go) echo 'Location: https://elsewhere.example/' ;;
esac
login=${HTTP_AUTHORIZATION:-$REDIRECT_HTTP_AUTHORIZATION}
cat <<END
Access-Control-Allow-Origin: *
Access-Control-Allow-Methods: DELETE
Vary: Cookie
Content-Type: text/plain

index $REQUEST_METHOD $REQUEST_URI
login ${login:-$REDIRECT_REDIRECT_HTTP_AUTHORIZATION}
END
