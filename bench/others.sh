#!/bin/sh
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# Other servers with the policy of mod_cors and requests.sh, in their own words:
# read by requests.sh, after common.sh.  Each function writes a configuration
# and prints the command that starts the server in the foreground.
#
#   NAME_server PORT PORT_H2
#
# shellcheck shell=sh disable=SC2154

methods='GET, HEAD, POST, PUT, PATCH, DELETE'
headers='Authorization, Content-Type, X-Requested-With'
expose='ETag, Link, X-Request-Id'

# nginx: a map, and what every answer of a location has written out again for
# preflights, since "if" does not inherit it.
# shellcheck disable=SC2016  # $ is for nginx
nginx_server() {
    granted='
            add_header Vary Origin always;
            add_header Access-Control-Allow-Origin $cors_origin always;
            add_header Access-Control-Allow-Credentials $cors_true always;'
    {
        [ "$(id -u)" -ne 0 ] || echo "user $user;"
        cat <<EOF
daemon off;
worker_processes 1;
pid "$root/nginx.pid";
error_log "$root/nginx.log";
events { worker_connections 256; }
http {
    access_log off;
    default_type text/plain;
    keepalive_requests 1000000000;
    client_body_temp_path "$root/nginx-body";
    proxy_temp_path "$root/nginx-proxy";
    fastcgi_temp_path "$root/nginx-fastcgi";
    uwsgi_temp_path "$root/nginx-uwsgi";
    scgi_temp_path "$root/nginx-scgi";
EOF
        echo '
    map $http_origin $cors_origin {
        default "";
        "~^https://(app|www|admin)\.example\.com$" $http_origin;
    }
    map $cors_origin $cors_true { "" ""; default true; }'
        echo "
    map \$cors_origin \$cors_methods { \"\" \"\"; default \"$methods\"; }
    map \$cors_origin \$cors_headers { \"\" \"\"; default \"$headers\"; }
    map \$cors_origin \$cors_expose { \"\" \"\"; default \"$expose\"; }
    map \$cors_origin \$cors_age { \"\" \"\"; default 600; }
    server {
        listen 127.0.0.1:$1;
        listen 127.0.0.1:$2 http2;
        root \"$root/htdocs\";
        location / {
            $granted
            add_header Access-Control-Expose-Headers \$cors_expose always;
            if (\$request_method = OPTIONS) {
                $granted
                add_header Access-Control-Allow-Methods \$cors_methods always;
                add_header Access-Control-Allow-Headers \$cors_headers always;
                add_header Access-Control-Max-Age \$cors_age always;
                return 204;
            }
        }
    }
}"
    } > "$root/nginx.conf"
    echo "nginx -e $root/nginx.log -p $root -c $root/nginx.conf"
}

caddy_server() {
    cat > "$root/Caddyfile" <<EOF
{
    admin off
    auto_https off
    log {
        output file $root/caddy.log
        level ERROR
    }
    servers {
        protocols h1 h2c
    }
}
http://127.0.0.1:$1, http://127.0.0.1:$2 {
    bind 127.0.0.1
    root * $root/htdocs
    header Vary Origin
    @allowed header_regexp Origin ^https://(app|www|admin)\.example\.com$
    header @allowed {
        Access-Control-Allow-Origin {header.Origin}
        Access-Control-Allow-Credentials true
    }
    @preflight {
        method OPTIONS
        header Access-Control-Request-Method *
    }
    handle @preflight {
        header @allowed {
            Access-Control-Allow-Methods "$methods"
            Access-Control-Allow-Headers "$headers"
            Access-Control-Max-Age 600
        }
        respond 204
    }
    handle {
        header @allowed Access-Control-Expose-Headers "$expose"
        file_server
    }
}
EOF
    echo "$as_user env HOME=$root caddy run --adapter caddyfile --config $root/Caddyfile"
}

# lighttpd answers OPTIONS itself, and puts no variable into a field: a
# condition for each origin.
lighttpd_server() {
    {
        cat <<EOF
server.modules = ( "mod_setenv" )
server.document-root = "$root/htdocs"
server.bind = "127.0.0.1"
server.port = $1
\$SERVER["socket"] == "127.0.0.1:$2" { }
server.errorlog = "$root/lighttpd.log"
server.max-keep-alive-requests = 0
mimetype.assign = ( "" => "text/plain" )
setenv.set-response-header = ( "Vary" => "Origin" )
EOF
        otherwise=
        for name in app www admin; do
            cat <<EOF
$otherwise\$REQUEST_HEADER["Origin"] == "https://$name.example.com" {
    \$HTTP["request-method"] == "OPTIONS" {
        setenv.set-response-header = (
            "Vary" => "Origin",
            "Access-Control-Allow-Origin" => "https://$name.example.com",
            "Access-Control-Allow-Credentials" => "true",
            "Access-Control-Allow-Methods" => "$methods",
            "Access-Control-Allow-Headers" => "$headers",
            "Access-Control-Max-Age" => "600"
        )
    }
    else {
        setenv.set-response-header = (
            "Vary" => "Origin",
            "Access-Control-Allow-Origin" => "https://$name.example.com",
            "Access-Control-Allow-Credentials" => "true",
            "Access-Control-Expose-Headers" => "$expose"
        )
    }
}
EOF
            otherwise='else '
        done
    } > "$root/lighttpd.conf"
    echo "$as_user lighttpd -D -f $root/lighttpd.conf"
}

# NODE_PATH is where Debian has the packages of Node.
node_server() {
    NODE_PATH=${NODE_PATH:-/usr/share/nodejs} \
        node -e 'require("cors")' 2> /dev/null || return 1
    cp "$here/server.js" "$root/"
    echo "$as_user env NODE_PATH=${NODE_PATH:-/usr/share/nodejs} node $root/server.js $1 $2 $root/file.txt"
}

# GOPATH is where Debian has the packages of Go.
go_server() {
    GO111MODULE=off GOPATH=${GOPATH:-/usr/share/gocode} \
        GOCACHE=$root/gocache go build -o "$root/server-go" \
        "$here/server.go" 2> "$root/go.log" || return 1
    chmod -R u+w "$root/gocache"
    rm -rf "$root/gocache"
    echo "$as_user $root/server-go $1 $2 $root/htdocs"
}
