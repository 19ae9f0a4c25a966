#!/bin/sh
# Send the CORS headers of an upstream, as PATH_INFO says: /KIND/RESULT.
kind=${PATH_INFO#/}
result=${kind#*/}
result=${result:-ok}
case $kind in
case/*)
    cat <<END
access-control-allow-origin: *
ACCESS-CONTROL-EXPOSE-HEADERS: X-Upstream
Access-control-Allow-methods: DELETE
vary: accept-LANGUAGE
VARY: origin
END
    ;;
star/*)
    echo 'Vary: Accept-Language'
    echo 'Vary: *'
    ;;
part/*)
    echo 'Access-Control-Expose-Headers: X-Upstream'
    echo 'Access-Control-Allow-Credentials: true'
    ;;
other/*)
    ;;
*)
    cat <<END
Access-Control-Allow-Origin: *
Access-Control-Allow-Credentials: true
Access-Control-Expose-Headers: X-Upstream
Access-Control-Allow-Methods: GET, DELETE
Access-Control-Allow-Headers: X-Upstream
Access-Control-Max-Age: 86400
Vary: Accept-Language, Cookie
Timing-Allow-Origin: *
END
    ;;
esac
[ "$result" != error ] || echo 'Status: 500 Broken'
cat <<END
Set-Cookie: one=1
Set-Cookie: two=2
X-Upstream: yes
Content-Type: text/plain

$result
END
