# Warnings about the server's configuration, and CorsLint.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $on = 'CorsAllowCredentials On';
my $origin = "CorsAllowOrigin https://a.example";

# Lines, the warnings that they give, id and argument; then the lines with the
# mend, which give none.
my @doubtful = (
    ["CorsMaxAge 86401", ['W03 "86401"'], "CorsMaxAge 86400"],
    ["CorsMaxAge 25h", ['W03 "25h"'], "CorsMaxAge 24h"],
    ["CorsAllowMethods patch", ['W04 "patch"'], "CorsAllowMethods PATCH"],
    ["CorsAllowMethods PUT Delete +x-own", ['W04 "Delete"', 'W04 "x-own"'],
     "CorsAllowMethods PUT DELETE +X-OWN"],
    ["CorsAllowMethods * -put", ['W04 "put"'], "CorsAllowMethods * -PUT"],
    ["CorsAllowMethods * -GET", ['W05 "-GET"'], "CorsAllowMethods *"],
    ["CorsAllowMethods -HEAD -POST", ['W05 "-HEAD"', 'W05 "-POST"'],
     "CorsAllowMethods None"],
    ["CorsAllowMethods patch -GET", ['W04 "patch"', 'W05 "-GET"'],
     "CorsAllowMethods PATCH"],

    # CORS-W01, in one section and by merging.
    ["CorsAllowOrigin http://b.example\n$on", ['W01 "http://b.example"'],
     "CorsAllowOrigin https://b.example\n$on"],
    ["$on\nCorsAllowOrigin +http://b.example:8080",
     ['W01 "http://b.example:8080"'],
     "$on\nCorsAllowOrigin +https://b.example:8080"],
    ["CorsAllowOrigin http://*.b.example http://c.example http://d.example\n"
     . $on, ['W01 "http://*.b.example" and 2 more'],
     "CorsAllowOrigin http://*.b.example http://c.example http://d.example\n"],
    ["CorsAllowOrigin http://b.example\nCorsAllowCredentials https://a.example "
     . 'http://b.example', ['W01 "http://b.example"'],
     "CorsAllowOrigin http://b.example\nCorsAllowCredentials "
     . 'https://a.example'],
    ["$on\n<Location /x>\nCorsAllowOrigin http://10.0.0.1\n</Location>",
     ['W01 "http://10.0.0.1"'],
     "$on\n<Location /x>\nCorsAllowOrigin https://10.0.0.1\n</Location>"],
    ["CorsAllowOrigin http://127.example.com\n$on",
     ['W01 "http://127.example.com"'],
     "CorsAllowOrigin http://127.0.0.1 http://127.1.2.3:8080\n$on"],
    ["<Directory /x>\nCorsAllowOrigin http://[2001:db8::1]\n</Directory>\n"
     . "<Directory /x/y>\n$on\n</Directory>", ['W01 "http://[2001:db8::1]"'],
     "<Directory /x>\nCorsAllowOrigin http://[::1]\n</Directory>\n"
     . "<Directory /x/y>\n$on\n</Directory>"],
    ["CorsAllowOrigin http://localhost.example http://notlocalhost\n$on",
     ['W01 "http://localhost.example" and 1 more'],
     "CorsAllowOrigin http://localhost http://x.localhost\n$on"],

    # CORS-W07, by merging what is known at the start.
    ["CorsAllowOrigin *\n<Location /x>\n$on\n</Location>",
     ['W07 CorsAllowOrigin and CorsAllowCredentials: E02'],
     "CorsAllowOrigin *\n<Location /x>\nCorsAllowCredentials "
     . "https://a.example\n</Location>"],
    ["$on\n<Location /x>\nCorsAllowOrigin https://a.example null\n</Location>",
     ['W07 CorsAllowOrigin and CorsAllowCredentials: E03'],
     "$on\n<Location /x>\nCorsAllowOrigin https://a.example\n</Location>"],
    ["CorsAllowOrigin https://*.github.io\n<Directory /x>\n<Files y>\n$on\n"
     . "</Files>\n</Directory>",
     ['W07 CorsAllowOrigin and CorsAllowCredentials: E04'],
     "CorsAllowOrigin https://my.github.io\n<Directory /x>\n<Files y>\n$on\n"
     . "</Files>\n</Directory>"],
    ["<Location /x>\nCorsAllowOrigin *\n</Location>\n<VirtualHost *>\n$on\n"
     . '</VirtualHost>', ['W07 CorsAllowOrigin and CorsAllowCredentials: E02'],
     "<Location /x>\nCorsAllowOrigin *\nCorsAllowCredentials Off\n"
     . "</Location>\n<VirtualHost *>\n$on\n</VirtualHost>"],
    ["<VirtualHost *>\nCorsAllowOrigin *\n<Directory /x>\n$on\n</Directory>\n"
     . '</VirtualHost>', ['W07 CorsAllowOrigin and CorsAllowCredentials: E02'],
     "<VirtualHost *>\nCorsAllowOrigin *\n</VirtualHost>\n<VirtualHost *>\n"
     . "$origin\n<Directory /x>\n$on\n</Directory>\n</VirtualHost>"],
    ["<Location /x/>\n$on\n</Location>\n<Location /x/y>\nCorsAllowOrigin *\n"
     . '</Location>', ['W07 CorsAllowOrigin and CorsAllowCredentials: E02'],
     "<Location /x/>\n$origin\n$on\n</Location>\n<Location /xy>\n"
     . "CorsAllowOrigin *\n</Location>"],
);

# CORS-W02: an expression, and the origin that gets in.
my @loose = (
    ['.*', 'https://evil.example'],
    ['https?://.*', 'https://evil.example'],
    ['.*example.*', 'https://evil.example'],
    ['https://.*example\.com', 'https://evilexample.com'],
    ['(https?://)?.*example\.com', 'https://evilexample.com'],
    ['https://example\.com.*', 'https://example.com.evil.example'],
    ['https://([a-z]+\.)?example\.com(:\d+)?.*',
     'https://example.com.evil.example'],
    ['http://localhost.*', 'http://localhost.evil.example'],
    ['https://app.example.com', 'https://appxexample.com'],
    ['https://(app|www).example.com', 'https://appxexample.com'],
    ['https://example.com', 'https://examplexcom'],
    ['https://.*\bexample\.com', 'https://evil-example.com'],
    ['https://[a-z]+\.com', 'https://evil.com'],
    ['https://.*\.github\.io', 'https://evil.github.io'],
    ['https://myapp-.*\.vercel\.app', 'https://myapp-evil.vercel.app'],
    ['https://example\.[a-z]{2,3}', 'https://example.tk'],
    ['https?://[\d.]+(:\d+)?', 'http://203.0.113.7'],
    ['chrome-extension://[a-p]{32}',
     'chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
);
my @tight = (
    'https://([^.]+[.])*example[.]com',
    'https://([a-z0-9-]+\.)*example\.com',
    'https://(app|www)\.example\.com(:\d+)?',
    'https://[^.]+\.example\.(com|org)',
    'https?://localhost(:[0-9]+)?',
    'https://(?:app|api)-\d{1,3}\.example\.com',
    'https://[a-z]+\.mysite\.github\.io',
    '(?i)https://app\.example\.com',
    '^https://app\.example\.com$',
    'https://example\.com|.*\.example\.org',
    'https://pr-\d+--app\.netlify\.app',
    'http://192\.168\.\d+\.\d+(:\d+)?',
    'capacitor://localhost',
    'https://\[::1\](:\d+)?',
    'https://.*(?<=[./])example\.com',
    'https://[a-z0-9-]+\.corp',
);

# CORS-W06: alone in the configuration.
my @unreached = (
    "CorsAllowMethods PUT", "CorsEngine On", "CorsEngine ReportOnly",
    "CorsMaxAge 600", "CorsAllowCredentials On", "CorsDebug On",
    "CorsAllowOrigin -https://a.example",
    "<Location /x>\nCorsExposeHeaders ETag\n</Location>",
    "<Directory /x>\nCorsExposeHeaders ETag\n</Directory>\n"
        . "<Directory /y>\n$origin\n</Directory>",
    "<Location /x>\nCorsExposeHeaders ETag\n</Location>\n"
        . "<Location /x.html>\n$origin\n</Location>",
    "<Files x>\n<If \"true\">\nCorsExposeHeaders ETag\n</If>\n</Files>",
    "<VirtualHost *>\nCorsExposeHeaders ETag\n</VirtualHost>\n"
        . "<VirtualHost *>\n$origin\n</VirtualHost>",
    "<Directory /x>\nCorsExposeHeaders ETag\n</Directory>\n"
        . "<Directory /y>\nAllowOverride FileInfo\n</Directory>",
    "CorsExposeHeaders ETag\n<Directory /x>\nAllowOverride AuthConfig Indexes\n"
        . "AllowOverrideList CorsExposeHeaders CorsMaxAge\n</Directory>",
    "<Proxy \"http://x/\">\nCorsExposeHeaders ETag\n</Proxy>",
);
my @reached = (
    "CorsEngine Off",
    "<Location /x>\nCorsEngine Off\nCorsMaxAge 1\n</Location>",
    "CorsAllowOrigin None\n<Location /x>\nCorsMaxAge 1\n</Location>",
    "$origin\n<VirtualHost *>\nCorsMaxAge 1\n</VirtualHost>",
    "CorsMaxAge 1\n<VirtualHost *>\n$origin\n</VirtualHost>",
    "<Directory /x>\nCorsMaxAge 1\n</Directory>\n<Directory />\n$origin\n"
        . '</Directory>',
    "<Directory /x>\nCorsMaxAge 1\n</Directory>\n<Directory /x/y>\n$origin\n"
        . '</Directory>',
    "<Location /x>\nCorsMaxAge 1\n</Location>\n<LocationMatch ^/x>\n$origin\n"
        . '</LocationMatch>',
    "<Location /x*>\nCorsMaxAge 1\n</Location>\n<Location /y>\n$origin\n"
        . '</Location>',
    "<Location ~ /x>\nCorsMaxAge 1\n</Location>\n<Location /y>\n$origin\n"
        . '</Location>',
    "<Location /x>\nCorsMaxAge 1\n</Location>\n<Directory /y>\n$origin\n"
        . '</Directory>',
    "<Location /x>\nCorsMaxAge 1\n<If true>\n$origin\n</If>\n</Location>",
    "CorsMaxAge 1\n<Directory /x>\nAllowOverride FileInfo\n</Directory>",
    "<Directory /x/y>\nCorsMaxAge 1\n</Directory>\n<Directory \"/x\">\n"
        . "AllowOverride all\n</Directory>",
    "CorsMaxAge 1\n<Directory /x>\nAllowOverrideList Redirect "
        . "CorsAllowOrigin\n</Directory>",
    "CorsMaxAge 1\n<Location /x>\nCorsAllowOrigin +https://a.example\n"
        . '</Location>',
    "CorsMaxAge 1\n<Location /x>\nCorsAllowOriginMatch https://a\\.example\n"
        . '</Location>',
);

my @harmless = (
    (map { ["CorsExposeHeaders ETag $_", "W08 \"$_\""] }
     qw(Cache-Control content-language Content-Length Content-Type Expires
        Last-Modified PRAGMA)),
    map({ ["CorsAllowOrigin $_", "W08 \"$_\""] }
        qw(https://a.example:443 http://A.example:80 https://*.b.example:443
           https://[::1]:443)),
    ['CorsAllowOrigin +https://b.example -https://c.example:443',
     'W08 "https://c.example:443"'],
    ['CorsAllowCredentials https://a.example:443',
     'W08 "https://a.example:443"'],
    ['CorsAllowOrigin https://b.example https://c.example https://B.example',
     'W08 "https://b.example"'],
    ["CorsAllowOrigin https://b.example:8443\n"
     . 'CorsAllowOrigin https://b.example:8443',
     'W08 "https://b.example:8443"'],
    ['CorsAllowOrigin * -null -null', 'W08 "-null"'],
    ['CorsAllowOriginMatch https://a\.b https://a\.b', 'W08 "https://a\\\\.b"'],
    ['CorsAllowMethods PUT DELETE PUT', 'W08 "PUT"'],
    ['CorsAllowHeaders X-One x-one', 'W08 "x-one"'],
    ['CorsExposeHeaders * -ETag -etag', 'W08 "-etag"'],
);

# Lines that give none.
my @sound = (
    'CorsMaxAge 86400', 'CorsMaxAge 24h', 'CorsMaxAge 0', 'CorsMaxAge Off',
    'CorsAllowMethods GET HEAD POST', 'CorsAllowMethods PUT PATCH DELETE',
    'CorsAllowMethods * -DELETE', 'CorsAllowMethods None',
    'CorsAllowMethods VERSION-CONTROL X1', 'CorsAllowHeaders content-type',
    'CorsExposeHeaders ETag x-own X-*', 'CorsExposeHeaders * -Content-Type',
    'CorsExposeHeaders *', 'CorsExposeHeaders None',
    'CorsAllowOrigin https://A.example:8443 https://a.example',
    'CorsAllowOrigin http://a.example:443 https://a.example:80',
    'CorsAllowOrigin https://b.example http://b.example https://*.b.example',
    'CorsAllowOrigin https://[::1] http://[::1]:8080 capacitor://localhost:443',
    'CorsAllowOrigin https://a.example -https://a.example',
    "CorsAllowOrigin http://localhost http://localhost:* http://127.0.0.1:8080 "
        . "http://x.localhost http://[::1]:1 capacitor://localhost\n$on",
    'CorsAllowOrigin http://b.example',
    "CorsAllowOrigin http://b.example\nCorsAllowCredentials Off",
    "CorsAllowOrigin http://b.example https://b.example\n"
        . 'CorsAllowCredentials https://b.example',
    # Where there is no policy nothing of it can do harm.
    "CorsAllowOrigin http://b.example\n$on\nCorsEngine Off",
);

plan tests => 5 * @doubtful + 4 * @loose + @tight + 1 + 3 * @unreached
    + @reached + 2 * @harmless + 2 * @sound + 13;

# What httpd -t says of CORS: id and argument of each warning, and its line.
sub warned {
    my ($text) = @_;
    my ($status, $output, $first) = config_test(
        "LogLevel cors:info\n$text\n", modules => ['proxy']);
    my (@said, %lines);
    for (grep { /CORS-W/ } split /\n/, $output) {
        my ($id, $what) = /CORS-(W\d\d): (.*)/;
        my @places = $what =~ /(Cors\w+) at \S+:(\d+)/g;
        my ($first_of, $second) = @places[0, 2];
        $lines{$_ - $first} = 1 for grep { /^\d/ } @places;
        push @said, "$id " . (
            $id eq 'W06' ? $first_of
            : $id eq 'W07' ? "$first_of and $second: "
                             . join ' ', $what =~ /CORS-(E\d\d):/g
            : join ' ', $what =~ /^("[^"]*"(?: and \d+ more)?)/);
    }
    return ($status, join(', ', @said),
            join(' ', sort { $a <=> $b } keys %lines), $output);
}

# The number of each line of a text that begins so, counted from 1.
sub numbers {
    my ($text, $word) = @_;
    my @lines = split /\n/, $text;
    return grep { $lines[$_ - 1] =~ /^(?:$word)\b/ } 1 .. @lines;
}

for (@doubtful) {
    my ($text, $wanted, $mended) = @$_;
    $_ = /CorsAllowOrigin/ ? $_ : "$origin\n$_" for $text, $mended;
    my ($status, $said, $lines) = warned($text);
    my $name = join ', ', @$wanted;
    is("$status $said", "0 $name", "warned of: $name");
    my @blamed = $name =~ /W07/
        ? numbers($text, 'CorsAllowOrigin|CorsAllowCredentials')
        : $name =~ /W01/ ? numbers($text, $text =~ /Credentials http/
                             ? 'CorsAllowCredentials' : 'CorsAllowOrigin')
        : numbers($text, 'CorsMaxAge|CorsAllowMethods');
    is($lines, "@blamed", "... with its place: $name");
    ($status) = warned("CorsLint Strict\n$text");
    is($status, 1, "... and not accepted by CorsLint Strict: $name");
    ($status, $said) = warned("$text\nCorsLint Off");
    is("$status $said", '0 ', "... nor told by CorsLint Off: $name");
    ($status, $said) = warned("CorsLint Strict\n$mended");
    is("$status $said", '0 ', "... nor when it is mended: $name");
}
for (@loose) {
    my ($expression, $origin) = @$_;
    my $text = "CorsAllowOriginMatch \"$expression\"";
    my ($status, $said, $line, $output) = warned($text);
    my $logged = $expression =~ s/\\/\\\\/gr;
    is("$status $said", "0 W02 \"$logged\"", "W02: $expression");
    like($output, qr/ lets in "\Q$origin\E", which/, "... with $origin");
    is($line, 1, '... with its place');
    ($status) = warned("CorsLint Strict\n$text");
    is($status, 1, '... and not accepted by CorsLint Strict');
}
for my $expression (@tight) {
    my ($status, $said) = warned("CorsLint Strict\nCorsAllowOriginMatch "
                                 . "\"$expression\"");
    is("$status $said", '0 ', "nothing to say of: $expression");
}
my (undef, $wide) = warned('CorsAllowOrigin *' . "\n"
                           . 'CorsAllowOriginMatch -.*example\.com');
is($wide, '', 'W02: exclusions may be wide');
for my $text (@unreached) {
    my ($status, $said, $line) = warned($text);
    my $name = $text =~ s/\n/; /gr;
    my ($blamed, $directive) = (0, '');
    for (split /\n/, $text) {
        $blamed++;
        last if ($directive) = /^(Cors\w+)/;
    }
    is("$status $said", "0 W06 $directive", "W06, not reached: $name");
    is($line, $blamed, "... with its place: $name");
    ($status, $said) = warned($text =~ s/^Cors/$origin\nCors/mr);
    is("$status $said", '0 ', "... nor when origins are listed: $name");
}
for my $text (@reached) {
    my ($status, $said) = warned("CorsLint Strict\n$text");
    is("$status $said", '0 ', 'reached: ' . $text =~ s/\n/; /gr);
}
for (@harmless) {
    my ($text, $wanted) = @$_;
    $text = "$origin\n$text" unless $text =~ /^CorsAllowOrigin/;
    my ($status, $said, $line) = warned("CorsLint Strict\n$text");
    my $last = 1 + split /\n/, $text;
    is("$status $said", "0 $wanted", "harmless: $wanted");
    is($line, $last, "... with its place: $wanted");
}
for my $text (@sound) {
    my $name = $text =~ s/\n/; /gr;
    $text = "$origin\n$text" unless $text =~ /^CorsAllowOrigin/;
    my ($status, $said) = warned("CorsLint Strict\n$text");
    is("$status $said", '0 ', "nothing to say of: $name");
    ($status, $said) = warned("<Location /x>\n$text\n</Location>");
    is("$status $said", '0 ', "nor in a section: $name");
}

# Each is told once, though it may come about in many sections.
my (undef, $many) = warned("CorsAllowOrigin http://b.example\n$on\n"
    . join('', map { "<Location /$_>\nCorsMaxAge 1\n</Location>\n" } 1 .. 9));
is($many, 'W01 "http://b.example"', 'a warning is told once');

my ($status, $said) = warned("$origin\nCorsLint On\nCorsMaxAge 25h\n"
                             . 'CorsAllowMethods patch');
is("$status $said", '0 W03 "25h", W04 "patch"', 'CorsLint On is the default');
my (undef, undef, undef, $output) =
    warned("CorsLint Strict\n$origin\nCorsAllowMethods Put Delete");
like($output, qr/CorsLint Strict: 2 warnings about CORS, see above/,
     'CorsLint Strict says why it stops');
(undef, $said) = warned("CorsLint Strict\nLogLevel error\n$origin\n"
                        . 'CorsAllowMethods patch');
is($said, 'W04 "patch"', '... at any LogLevel');

my $wrong;
($status, $wrong) = config_test("CorsLint Loud\n");
like("$status $wrong", qr/^1 .*CorsLint: "Loud" .*"Off", "On" or "Strict"/s,
     'CorsLint takes one of its words');
($status, $wrong) = config_test("<Location /x>\nCorsLint On\n</Location>\n");
like("$status $wrong", qr/^1 .*CorsLint/s, 'CorsLint stands in no section');
($status, $wrong) = config_test("<VirtualHost *>\nCorsLint On\n"
                                . "</VirtualHost>\n");
like("$status $wrong", qr/^1 .*CorsLint/s, 'nor in a virtual host');

# At the start, once, and at the level that it is worth.
my $lines = <<'CONF';
CorsAllowMethods patch
CorsAllowHeaders X-One X-One
CorsAllowOrigin *
<Location /plain/any>
    CorsAllowCredentials On
</Location>
CONF
my ($server, $log);

sub told_by {
    $server = private_httpd($_[0]);
    $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';
    my @lines = log_since($log, 0, qr/resuming/)
        =~ /(cors:\w+\W.*CORS-W\d\d)/g;
    return join ' ', map { /(cors:\w+).*CORS-(\w+)/ } @lines;
}

is(told_by("${lines}LogLevel notice cors:info\nCorsLint On\n"),
   'cors:warn W04 cors:info W08 cors:warn W07',
   'a start tells what is harmless at the level info');
is(told_by("${lines}LogLevel notice cors:info\nCorsLint Off\n"), '',
   'a start tells nothing under CorsLint Off');
cors_is(preflight('/plain/x', 'https://a.example', 'patch', 'x-one',
                  port => $server->port), 204,
        { origin => '*', methods => 'patch', headers => 'X-One',
          vary => 'Access-Control-Request-Method,'
                  . 'Access-Control-Request-Headers' },
        '... and its lists are what they are');
is(told_by("LogLevel notice cors:notice\n$lines"),
   'cors:warn W04 cors:warn W07', 'a start tells a warning once');
get($_, 'https://a.example', port => $server->port)
    for ('/plain/', '/plain/any') x 3;
my @lines = log_since($log, 0) =~ /(CORS-W\d\d)/g;
is("@lines", 'CORS-W04 CORS-W07', 'and no request tells it again');

# In a .htaccess, which is read for each request, nothing is told.
my $mark = log_mark('error_log');
get('/lint/', 'https://a.example');
unlike(log_since('error_log', $mark), qr/CORS-W/,
       'no warnings about a .htaccess');
