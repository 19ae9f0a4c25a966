#!/bin/sh
# Install the Debian packages that a make target needs, unless they are there.
#
#   t/packages.sh demo|test|watch|fuzz|browser|bench ...
set -eu

packages=
for what in "$@"; do
    case $what in
    demo)
        packages="$packages apache2-bin apache2-dev apache2-utils curl gcc
            libapr1-dev libpsl-dev make media-types util-linux" ;;
    test)
        packages="$packages binutils clang clang-tidy cppcheck iproute2
            libapache2-mod-auth-openidc libapache2-mod-perl2
            libapache2-mod-security2 libc6-dev libio-socket-ssl-perl
            libnghttp2-dev libwww-perl nghttp2-client openssl perl
            php-fpm" ;;
    watch)
        packages="$packages libc6-dbg valgrind" ;;
    fuzz)
        packages="$packages clang libc6-dev libclang-rt-dev libpcre2-dev" ;;
    browser)
        packages="$packages chromium firefox-esr fonts-dejavu-core iproute2
            libegl1 libgl1 libgl1-mesa-dri openssl perl xvfb"
        # Other builds of node bring npm along, and exclude Debian's.
        command -v npm >/dev/null || packages="$packages nodejs npm" ;;
    bench)
        packages="$packages caddy gnuplot-nox golang-github-rs-cors-dev
            golang-go golang-golang-x-net-dev lighttpd nghttp2-client
            nginx-light node-cors nodejs perl valgrind wrk" ;;
    *)
        echo "usage: $0 demo|test|watch|fuzz|browser|bench ..." >&2
        exit 2 ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "not Debian: see to it that these are there, by whatever name:" \
        $packages
    exit 0
fi

missing=
for package in $packages; do
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null \
        | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "installing$missing"
if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null; then
    sudo=sudo
else
    echo "run this once as root: apt-get install$missing" >&2
    exit 1
fi

# None of their services is wanted.
policy=/usr/sbin/policy-rc.d
if ! [ -e $policy ]; then
    trap '$sudo rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
    $sudo chmod 755 $policy
fi
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends $missing >/dev/null
