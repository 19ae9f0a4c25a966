# httpd -t -D DUMP_CORS: the sections, as written and as they take effect.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $text = <<'CONF';
CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key X-Trace
CorsMaxAge 200h
<Location /api>
    CorsAllowOrigin https://app.example:443 https://*.example.org:8443
    CorsAllowOriginMatch "https://(a|b c)\\.example" https://x\.example
    <If "%{REQUEST_METHOD} == 'GET' && 2 > 1">
        CorsExposeHeaders ETag
    </If>
    CorsAllowOrigin http://localhost:* -https://old.example.org:8443
</Location>
<Location "/api/v1/">
    CorsAllowHeaders +Authorization -X-Api-Key
    CorsAllowCredentials On
    CorsPreflightStatus 200
</Location>
<LocationMatch ^/api/(x|y)>
    CorsEngine Off
</LocationMatch>
<VirtualHost *:1>
    ServerName www.example
    CorsAllowMethods PUT
    <Directory /srv/deep>
        CorsAllowCredentials On
    </Directory>
    <Directory /srv/>
        CorsAllowOrigin *
    </Directory>
    <Directory /srv/deep/list>
        CorsAllowOrigin None
        CorsAllowCredentials Off
        <Files "a b">
            CorsAllowOrigin +https://app.example
            CorsAllowCredentials https://app.example -https://x.example
            CorsExposeHeaders * -X-Own
            CorsMaxAge Off
        </Files>
    </Directory>
</VirtualHost>
CONF

# What is printed, with CONF for the file and numbers counted from the first
# line of the text.
my $wanted = <<'DUMP';
CORS: 10 sections of the configuration

CONF:1: server config
  as written in CONF
     1  CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
     2  CorsMaxAge 200h
  in effect
        # no policy, for want of a list of origins
  warnings
        CORS-W03: "200h" is more than a day, and no browser keeps the answer to
            a preflight longer (CorsMaxAge at CONF:2)

CONF:3: <Location /api>
  as written in CONF
     4  CorsAllowOrigin https://app.example:443 https://*.example.org:8443
     5  CorsAllowOriginMatch "https://(a|b c)\\.example" https://x\.example
     9  CorsAllowOrigin http://localhost:* -https://old.example.org:8443
  in effect
        CorsAllowOrigin http://localhost:* https://*.example.org:8443 \
            https://app.example -https://old.example.org:8443
        CorsAllowOriginMatch "https://(a|b c)\\.example" https://x\.example
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
        CorsMaxAge 720000
  warnings
        CORS-W08: "https://app.example:443" need not say its port, browsers
            leave it out: "https://app.example" (CorsAllowOrigin at CONF:4)

CONF:6: <If "%{REQUEST_METHOD} == 'GET' && 2 > 1"> in <Location /api>
  as written in CONF
     7  CorsExposeHeaders ETag
  in effect
        CorsAllowOrigin http://localhost:* https://*.example.org:8443 \
            https://app.example -https://old.example.org:8443
        CorsAllowOriginMatch "https://(a|b c)\\.example" https://x\.example
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
        CorsExposeHeaders ETag
        CorsMaxAge 720000

CONF:11: <Location "/api/v1/">
  as written in CONF
    12  CorsAllowHeaders +Authorization -X-Api-Key
    13  CorsAllowCredentials On
    14  CorsPreflightStatus 200
  in effect
        CorsAllowOrigin http://localhost:* https://*.example.org:8443 \
            https://app.example -https://old.example.org:8443
        CorsAllowOriginMatch "https://(a|b c)\\.example" https://x\.example
        CorsAllowCredentials On
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Trace \
            Authorization -X-Api-Key
        CorsMaxAge 720000
        CorsPreflightStatus 200

CONF:16: <LocationMatch ^/api/(x|y)>
  as written in CONF
    17  CorsEngine Off
  in effect
        CorsEngine Off

CONF:19: <VirtualHost *:1>
  as written in CONF
    21  CorsAllowMethods PUT
  in effect
        # no policy, for want of a list of origins

CONF:22: <Directory /srv/deep> in <VirtualHost *:1>
  as written in CONF
    23  CorsAllowCredentials On
  in effect
        CorsAllowOrigin *
        CorsAllowCredentials Off
        CorsAllowMethods PUT
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
        CorsMaxAge 720000
  warnings
        CORS-W07: CorsAllowOrigin at CONF:26 and CorsAllowCredentials at CONF:23
            together give no credentials: CORS-E02: "*" with
            CorsAllowCredentials On would let every site on the web act as its
            visitor: list in CorsAllowCredentials the origins that may, as in
            "CorsAllowCredentials https://app.example.com"

CONF:25: <Directory /srv/> in <VirtualHost *:1>
  as written in CONF
    26  CorsAllowOrigin *
  in effect
        CorsAllowOrigin *
        CorsAllowMethods PUT
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
        CorsMaxAge 720000

CONF:28: <Directory /srv/deep/list> in <VirtualHost *:1>
  as written in CONF
    29  CorsAllowOrigin None
    30  CorsAllowCredentials Off
  in effect
        CorsAllowOrigin None
        CorsAllowCredentials Off
        CorsAllowMethods PUT
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
        CorsMaxAge 720000

CONF:31: <Files "a b"> in <Directory /srv/deep/list> in <VirtualHost *:1>
  as written in CONF
    32  CorsAllowOrigin +https://app.example
    33  CorsAllowCredentials https://app.example -https://x.example
    34  CorsExposeHeaders * -X-Own
    35  CorsMaxAge Off
  in effect
        CorsAllowOrigin https://app.example
        CorsAllowCredentials https://app.example -https://x.example
        CorsAllowMethods PUT
        CorsAllowHeaders Content-Type X-Requested-With X-CSRF-Token X-Api-Key \
            X-Trace
        CorsExposeHeaders * -X-Own
DUMP

# What httpd prints with -D DUMP_CORS: on standard output, with CONF for the
# file and numbers as above, and besides.
sub dump_of {
    my ($conf, @options) = @_;
    my ($status, $output, $first) = config_test($conf, options => [
        '-D', 'DUMP_CORS', @options]);
    my ($file) = $output =~ /^(\S+):\d+: /m;
    $output =~ s/^ *(\d+)(?=  Cors)/sprintf '%6d', $1 - $first + 1/gme;
    $output =~ s/\Q$file\E:(\d+)/'CONF:' . ($1 - $first + 1)/ge if $file;
    $output =~ s/\Q$file\E/CONF/g if $file;
    return ($status, $output);
}

# Prose without its line breaks, which are where the file's name puts them.
sub unwrapped {
    my ($dump) = @_;
    return $dump =~ s/(?<!\\)\n(?: {12}| {4})(?=\S)/ /gr;
}

plan tests => 15;

my ($status, $dump) = dump_of($text);
is($status, 0, 'a dump is no error');
like($dump, qr/^Syntax OK$/m, '... and says so');
is(unwrapped($dump =~ s/^Syntax OK\n//mr), unwrapped($wanted),
   'each section, as written and as it takes effect');
my @long = grep { length > 80 && !/CONF/ } split /\n/, $dump;
is("@long", '', 'a line has at most 80 columns');

# What takes effect can be written so, and takes effect so.
for my $section (split /^CONF:/m, $dump) {
    my ($effect) = $section =~ /^  in effect\n((?: {8}.*\n)+)/m or next;
    next unless $effect =~ /CorsAllowOriginMatch/;
    my (undef, $again) = dump_of($effect);
    like($again, qr/^  in effect\n\Q$effect\E/m,
         'what takes effect can be written so');
}

($status, $dump) = dump_of("LogLevel warn\n");
like($dump, qr/^CORS: 0 sections of the configuration\n/m,
     'a configuration without CORS');
($status, $dump) = dump_of("CorsAllowOrigin *\nCorsMaxAge 25h\n");
like($dump, qr/^CORS: 1 section of/m, 'a configuration with one section');
is(() = $dump =~ /CORS-W03/g, 1, 'a warning is told once');
($status, $dump) = dump_of("CorsLint Off\nCorsAllowOrigin *\n"
                           . "CorsMaxAge 25h\n");
unlike($dump, qr/CORS-W|warnings/, 'CorsLint Off: no warnings');
($status, $dump) = dump_of("CorsLint Strict\nCorsMaxAge 25h\n");
is($status, 1, 'CorsLint Strict: warnings are errors');

# A section whose lines stand in several files.
my $more = vars('t_logs') . "/dump-$$.conf";
write_file($more, "\nCorsDebug On\nCorsMaxAge 2\n");
($status, $dump) = dump_of("<Location /x>\nCorsAllowOrigin *\nInclude $more\n"
                           . "CorsEnforce On\n</Location>\n");
like($dump, qr{^  as written in CONF\n +2  CorsAllowOrigin \*
  as written in \Q$more\E\n +-?\d+  CorsDebug On\n +-?\d+  CorsMaxAge 2
  as written in CONF\n +4  CorsEnforce On\n  in effect}m,
     'lines of several files, each with its own');

# The order in which httpd merges, which is not that of the lines.
my @orders = (
    ['short paths before long ones', '/x/y', "CorsAllowOrigin *\n"
     . "<Directory /x/y>\nCorsMaxAge 1\n</Directory>\n"
     . "<Directory /x>\nCorsMaxAge 2\n</Directory>\n"],
    ['the main server before a virtual host', 'VirtualHost', "CorsDebug On\n"
     . "<VirtualHost *>\nCorsMaxAge 1\n</VirtualHost>\n"
     . "CorsAllowOrigin *\nCorsMaxAge 2\n"],
);
for (@orders) {
    my ($rule, $section, $conf) = @$_;
    (undef, $dump) = dump_of($conf);
    my ($of) = $dump =~ /^(CONF:\d+: <.*?\Q$section\E.*?(?:^$|\z))/ms;
    is(join(' ', ($of // '') =~ /^ {8}CorsMaxAge (\d+)$/mg), '1',
       "merged: $rule");
}
