# Warnings about the server's configuration, and CorsLint.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

# Line, the warnings that it gives: id and the argument.
my @doubtful = (
    ['CorsMaxAge 86401', 'W03 "86401"'], ['CorsMaxAge 25h', 'W03 "25h"'],
    ['CorsAllowMethods patch', 'W04 "patch"'],
    ['CorsAllowMethods PUT Delete +x-own', 'W04 "Delete"', 'W04 "x-own"'],
    ['CorsAllowMethods * -put', 'W04 "put"'],
    ['CorsAllowMethods * -GET', 'W05 "-GET"'],
    ['CorsAllowMethods -HEAD -POST', 'W05 "-HEAD"', 'W05 "-POST"'],
    ['CorsAllowMethods patch -GET', 'W04 "patch"', 'W05 "-GET"'],
);
my @harmless = map { ["CorsExposeHeaders ETag $_", "W08 \"$_\""] }
    qw(Cache-Control content-language Content-Length Content-Type Expires
       Last-Modified PRAGMA);

# Lines that give none.
my @sound = (
    'CorsMaxAge 86400', 'CorsMaxAge 24h', 'CorsMaxAge 0', 'CorsMaxAge Off',
    'CorsAllowMethods GET HEAD POST', 'CorsAllowMethods PUT PATCH DELETE',
    'CorsAllowMethods * -DELETE', 'CorsAllowMethods None',
    'CorsAllowMethods VERSION-CONTROL X1', 'CorsAllowHeaders content-type',
    'CorsExposeHeaders ETag x-own X-*', 'CorsExposeHeaders * -Content-Type',
    'CorsExposeHeaders *', 'CorsExposeHeaders None',
    'CorsAllowOrigin https://A.example:443',
);

plan tests => 4 * @doubtful + 2 * @harmless + 2 * @sound + 9;

# What httpd -t says of CORS: id and argument of each warning, and its line.
sub warned {
    my ($text) = @_;
    my ($status, $output, $first) = config_test("LogLevel cors:info\n$text\n");
    my @told = $output =~ /CORS-(W\d\d: "[^"]*").*? at \S+:(\d+)\)/g;
    my (@said, %lines);
    while (my ($said, $line) = splice @told, 0, 2) {
        push @said, $said =~ s/: / /r;
        $lines{$line - $first} = 1;
    }
    return ($status, join(', ', @said), join(' ', sort keys %lines), $output);
}

for (@doubtful, @harmless) {
    my ($text, @wanted) = @$_;
    my ($status, $said, $line) = warned("CorsEngine On\n$text");
    is("$status $said", '0 ' . join(', ', @wanted), "warned of: $text");
    is($line, 2, "... with its place: $text");
    next if $wanted[0] =~ /W08/;
    ($status) = warned("CorsLint Strict\n$text");
    is($status, 1, "... and not accepted by CorsLint Strict: $text");
    ($status, $said) = warned("$text\nCorsLint Off");
    is("$status $said", '0 ', "... nor told by CorsLint Off: $text");
}
for my $text (@sound) {
    my ($status, $said) = warned("CorsLint Strict\n$text");
    is("$status $said", '0 ', "nothing to say of: $text");
    ($status, $said) = warned("<Location /x>\n$text\n</Location>");
    is("$status $said", '0 ', "nor in a section: $text");
}

my ($status, $said) = warned("CorsLint Strict\n$harmless[0][0]");
is("$status $said", '0 W08 "Cache-Control"',
   'CorsLint Strict accepts what is harmless');
(undef, undef, undef, my $output) = warned("CorsLint Strict\n$doubtful[3][0]");
like($output, qr/CorsLint Strict: 2 warnings about CORS/,
     'CorsLint Strict says why it stops');
($status, $said) = warned("CorsLint On\n$doubtful[0][0]\n$doubtful[2][0]");
is("$status $said", '0 W03 "86401", W04 "patch"',
   'CorsLint On is the default');

my $wrong;
($status, $wrong) = config_test("CorsLint Loud\n");
like("$status $wrong", qr/^1 .*CorsLint: "Loud" .*"Off", "On" or "Strict"/s,
     'CorsLint takes one of its words');
($status, $wrong) = config_test("<Location /x>\nCorsLint On\n</Location>\n");
like("$status $wrong", qr/^1 .*CorsLint/s, 'CorsLint stands in no section');
($status, $wrong) = config_test("<VirtualHost *>\nCorsLint On\n"
                                . "</VirtualHost>\n");
like("$status $wrong", qr/^1 .*CorsLint/s, 'nor in a virtual host');

# At the start, once.
my $server = private_httpd("CorsAllowMethods patch\nCorsAllowOrigin *\n");
my $log = ($server->root =~ m{([^/]+)$})[0] . '/error_log';
my @lines = log_since($log, 0, qr/resuming/) =~ /(cors:\w+).*CORS-W04/g;
is("@lines", 'cors:warn', 'a start tells a warning once');
get('/plain/', 'https://a.example', port => $server->port) for 1 .. 3;
@lines = log_since($log, 0) =~ /(CORS-W\d\d)/g;
is("@lines", 'CORS-W04', 'and no request tells it again');

# In a .htaccess, which is read for each request, nothing is told.
my $mark = log_mark('error_log');
get('/lint/', 'https://a.example');
unlike(log_since('error_log', $mark), qr/CORS-W/,
       'no warnings about a .htaccess');
