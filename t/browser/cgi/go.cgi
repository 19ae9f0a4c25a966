#!/bin/sh
# Redirects: status=N, then to=URL, last and not encoded.
# A body that nobody reads can make httpd break off the response.
cat > /dev/null
status=${QUERY_STRING#*status=}
echo "Status: ${status%%&*} Made"
echo "Location: ${QUERY_STRING#*&to=}"
echo "Cache-Control: no-store"
echo
