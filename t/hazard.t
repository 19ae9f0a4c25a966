# CORS-E02 to E04: credentials never meet origins of which anybody can have
# one.  In one section that stops the start; what only merging brings about is
# refused the credentials (verdict.t) and told once.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

my $on = 'CorsAllowCredentials On';
my $a = 'https://a.example';

# Rule, lines, id; and the lines with the mend.
my @wrong = (
    ['"*" with On', "CorsAllowOrigin *\n$on", 'E02',
     "CorsAllowOrigin *\nCorsAllowCredentials https://app.example.com"],
    ['On with "*"', "$on\nCorsAllowOrigin *", 'E02',
     "CorsAllowOrigin *\nCorsAllowCredentials https://app.example.com"],
    ['"*" among others with On', "CorsAllowOrigin $a\n$on\n"
     . 'CorsAllowOrigin *', 'E02', "CorsAllowOrigin $a\n$on"],
    ['"*" with an exclusion and On', "CorsAllowOrigin * -$a\n$on", 'E02',
     "CorsAllowOrigin * -$a\nCorsAllowCredentials https://app.example.com"],
    ['null with On', "CorsAllowOrigin $a null\n$on", 'E03',
     "CorsAllowOrigin $a\n$on"],
    ['On with null', "$on\nCorsAllowOrigin null $a", 'E03',
     "CorsAllowCredentials $a\nCorsAllowOrigin null $a"],
    ['null in the list of credentials', "CorsAllowCredentials null $a", 'E03',
     "CorsAllowCredentials $a"],
    ['null that is added to On', "$on\nCorsAllowOrigin +null", 'E03', $on],
    map({ ["$_ with On", "CorsAllowOrigin $_\n$on", 'E04',
           "CorsAllowOrigin https://my.github.io\n$on"],
          ["On with $_", "$on\nCorsAllowOrigin $a $_", 'E04',
           "$on\nCorsAllowOrigin $a https://my.github.io"],
          ["$_ in the list of credentials", "CorsAllowCredentials $a $_",
           'E04', "CorsAllowCredentials $a https://my.github.io"],
        } qw(https://*.com https://*.co.uk https://*.github.io
             https://*.github.io. https://*.com.:8443 http://*.com:8080 https://*.github.io:* https://*.COM)),
);

# What is near, and sound.
my @sound = (
    "CorsAllowOrigin *", "CorsAllowOrigin * null https://*.com",
    "CorsAllowOrigin *\nCorsAllowCredentials Off",
    "CorsAllowOrigin *\nCorsAllowCredentials $a",
    "CorsAllowOrigin null $a\nCorsAllowCredentials $a",
    "CorsAllowOrigin * -null\nCorsAllowCredentials $a",
    "CorsAllowOrigin https://*.com\nCorsAllowCredentials $a",
    "CorsAllowOrigin https://*.example.com\n$on",
    "CorsAllowOrigin https://*.my.github.io\n$on",
    "CorsAllowOrigin $a -https://*.com -null\n$on",
    "CorsAllowOrigin $a\nCorsAllowCredentials On -https://x.example\n"
        =~ s/On -\S+/https:\/\/*.example.com -https:\/\/x.example.com/r,
    "CorsAllowOrigin https://*.internal http://*.localhost:*\n$on",
    "CorsAllowOrigin $a\n<Location /a>\nCorsAllowOrigin *\n"
        . "CorsAllowCredentials Off\n</Location>\n$on",
    "CorsAllowOrigin *\n$on\nCorsAllowCredentials Off"
        =~ s/^(.*)\n(.*)\n(.*)$/$2\n$3\n$1/r,
);

plan tests => 3 * @wrong + @sound + 6;

for (@wrong) {
    my ($rule, $text, $id, $mended) = @$_;
    for (["$text\n", ''], ["<Location /x>\n$text\n</Location>\n",
                           ', in a section']) {
        my ($status, $output, $first) = config_test($_->[0]);
        my @lines = split /\n/, $_->[0];
        my ($last) = grep { $lines[$_] =~ /^Cors/ } reverse 0 .. $#lines;
        my $line = $first + $last;
        like("$status $output", qr/^1 .*line $line of \S+:\nCors\w+: .*CORS-$id: /s,
             "CORS-$id: $rule$_->[1]");
    }
    my ($status, $output) = config_test("$mended\n");
    is($status, 0, "CORS-$id: $rule, mended") or diag($output);
}
for my $text (@sound) {
    my ($status, $output) = config_test("$text\n");
    my $name = $text =~ s/\n/; /gr;
    is($status, 0, "sound: $name") or diag($output);
}

# All that is wrong is told at once.
my (undef, $all) = config_test("$on\nCorsAllowOrigin * null https://*.com\n");
is(join(' ', $all =~ /CORS-(E\d\d)/g), 'E02 E03 E04', 'all three at once');

# In a .htaccess.
cors_none(get('/hazard/', $a), 500, undef, 'a hazard in a .htaccess');
my $mark = log_mark('error_log');
get('/hazard/', $a);
like(log_since('error_log', $mark, qr/CORS-E02/),
     qr{/hazard/\.htaccess: line 3: CorsAllowCredentials: CORS-E02: },
     'is told with file and line');

# By merging, with a .htaccess: told once a child, not once a request.
$mark = log_mark('error_log');
cors_is(get('/hazard-merged/', $a), 200, { origin => '*' },
        'a hazard by merging: no credentials');
get('/hazard-merged/', $a) for 1 .. 20;
my $told = () = log_since('error_log', $mark) =~ /CORS-W07.*CORS-E02/g;
cmp_ok($told, '>', 0, 'a hazard by merging is told');
cmp_ok($told, '<=', 4, 'but once a child');
