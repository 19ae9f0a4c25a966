use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest;

# Section 5: what is wrong in the configuration stops the start, and httpd -t
# says where, what and how to mend it.

my $page = 'https://a.example';
my @lists = qw(CorsAllowOrigin CorsAllowOriginMatch CorsAllowMethods
               CorsAllowHeaders CorsExposeHeaders CorsAllowCredentials);
my %id = (
    CorsAllowOrigin      => 'CORS-E01', CorsAllowCredentials => 'CORS-E01',
    CorsAllowOriginMatch => 'CORS-E08', CorsAllowMethods     => 'CORS-E05',
    CorsAllowHeaders     => 'CORS-E06', CorsExposeHeaders    => 'CORS-E06',
    CorsMaxAge           => 'CORS-E07',
);
my %words = (
    CorsEngine            => [qw(On Off ReportOnly)],
    CorsPreflight         => [qw(Answer Pass)],
    CorsPreflightStatus   => [qw(200 204)],
    CorsUpstream          => [qw(Replace Keep)],
    map { $_ => [qw(On Off)] } qw(CorsEnforce CorsTimingAllowOrigin
                                  CorsAllowPrivateNetwork CorsDebug),
);
my @directives = (@lists, 'CorsMaxAge', sort keys %words);

# A directive, its wrong arguments, and of each fault the text that is quoted
# and a pattern for the mend.
my @wrong = (
    # 2.2: what no browser can send
    map({ ['CorsAllowOrigin', @$_] }
        ['https://a.example/', 'write "https://a.example"$'],
        ['https://a.example/app', 'write "https://a.example"$'],
        ['https://a.example:8443/x/y', 'write "https://a.example:8443"$'],
        ['https://a.example?q=1', 'write "https://a.example"$'],
        ['https://a.example#top', 'write "https://a.example"$'],
        ['https://a.example\\x', 'write "https://a.example"$'],
        ['https://me@a.example', 'write "https://a.example"$'],
        ['https://me:secret@a.example:8443',
         'write "https://a.example:8443"$'],
        ['https://me@a.example/app', 'write "https://a.example"$'],
        ['a.example', 'write "https://a.example"$'],
        ['a.example/', 'write "https://a.example"$'],
        ['//a.example', 'write "https://a.example"$'],
        ['https:a.example', 'write "https://a.example"$'],
        ['https:/a.example', 'write "https://a.example"$'],
        ['a.example:8443', 'write "https://a.example:8443"$'],
        ['*.a.example', 'write "https://\*.a.example"$'],
        ['https://a.example,https://b.example', '.'],
        ['"https://a.example https://b.example"', '.'],
        ['https://', 'write for example "https://'],
        ['://a.example', 'write for example "https://'],
        ['1https://a.example', 'write for example "https://'],
        ['*://a.example', 'write an entry for each scheme'],
        ['file://localhost', 'browsers send "null"'],
        ['file:///home', 'browsers send "null"|write for example'],
        ['https://a.*.example', 'CorsAllowOriginMatch'],
        ['https://a*.example', 'CorsAllowOriginMatch'],
        ['https://*a.example', 'CorsAllowOriginMatch'],
        ['https://*', 'CorsAllowOriginMatch'],
        ['https://*.*.example', 'CorsAllowOriginMatch'],
        ['https://a.example:80*', '":\*" for any port'],
        ["https://ex\xc3\xa4mple.example", 'xn-- form'],
        ["https://ex\xe4mple.example", 'xn-- form'],
        ['https://a..example', 'one dot'],
        ['https://.example', 'one dot'],
        ['https://a.ex!ample', 'letters, digits'],
        ['https://a.example,', '.'],
        ['https://a.example:', '1 to 65535'],
        ['https://a.example:0', '1 to 65535'],
        ['https://a.example:65536', '1 to 65535'],
        ['https://a.example:99999999999', '1 to 65535'],
        ['https://a.example:-1', '1 to 65535'],
        ['https://a.example:http', '1 to 65535'],
        ['https://a.example:08443', 'write ":8443"$'],
        ['http://[::1', 'write for example "http://\[::1\]'],
        ['http://[::g]', 'write for example "http://\[::1\]'],
        ['http://*.[::1]', 'without "\*\."'],
        ['http://192.0.2', 'four decimal numbers'],
        ['http://192.0.2.256', 'four decimal numbers'],
        ['http://*.192.0.2.1', 'without "\*\."'],
        ['https://' . 'a' x 600 . '.example', 'at most']),
    ['CorsAllowCredentials', '*', 'write "On"'],
    ['CorsAllowCredentials', 'https://a.example/', 'write "https://a.ex'],
    ['CorsAllowCredentials', 'Yes', '.'],
    # E05
    map({ ['CorsAllowMethods', $_, 'leave it out'] }
        qw(CONNECT TRACE TRACK connect Trace)),
    ['CorsAllowMethods', 'PUT,PATCH', 'without commas'],
    ['CorsAllowMethods', 'PUT;', 'without commas'],
    ['CorsAllowMethods', '"PUT PATCH"', 'a name has'],
    ['CorsAllowMethods', 'P/T', 'a name has'],
    ['CorsAllowMethods', 'P*', 'write each method'],
    # E06
    map({ ['CorsAllowHeaders', $_, 'leave it out'] }
        qw(Accept-Charset Accept-Encoding Access-Control-Request-Headers
           Access-Control-Request-Method Connection Content-Length Cookie
           Cookie2 Date DNT Expect Host Keep-Alive Origin Referer Set-Cookie
           TE Trailer Transfer-Encoding Upgrade Via Proxy-Authorization
           Proxy-* Sec-Fetch-Site Sec-* HOST
           Access-Control-Allow-Origin Access-Control-Max-Age)),
    map({ ['CorsExposeHeaders', $_, 'leave it out|no response has it'] }
        qw(Set-Cookie set-cookie Set-Cookie2 Cookie Host Origin Referer Range
           User-Agent If-Match If-None-Match If-Modified-Since If-Range
           Access-Control-Request-Method Access-Control-Allow-Origin
           Access-Control-Expose-Headers)),
    map({ my $directive = $_; map { [$directive, @$_] }
          ['X-A,X-B', 'without commas'], ['X-A:', 'a name has'],
          ["X-\xc3\xa4", 'a name has'], ['"X-A X-B"', 'a name has'],
          ['X-*-Id', '"\*" ends a name'], ['*-Id', '"\*" ends a name'],
        } qw(CorsAllowHeaders CorsExposeHeaders)),
    # E07
    map({ ['CorsMaxAge', $_, 'whole seconds.*"10min".*"Off"'] }
        qw(-1 -10min +5 soon 10parsecs 10mistakes 10min5 1.5 1500ms 0x10
           99999999999999999999 18446744073709551617 9223372036854775807h
           2147483648 On None s min h), '1,5', '"10 min"'),
    # E08
    map({ ['CorsAllowOriginMatch', $_, 'brackets'] }
        'https://(a', 'https://a)', 'https://[a', 'a)|(b', '*', 'a**',
        'a(?<b'),
    ['CorsAllowOriginMatch', 'https://a\\.example(*ACCEPT)', 'leave'],
    # every list
    map({ my $directive = $_; map { [$directive, @$_] }
          ['-', 'without a space'], ['+', 'without a space'],
          ['""', 'leave it out'], ['+None', 'write "None"'],
          ['-none', 'write "none"'],
        } @lists),
    map({ ['CorsAllowCredentials', $_->[0], "write \"$_->[1]\""] }
        ['+On', 'On'], ['-Off', 'Off'], ['-on', 'on']),
    # every word
    map({ my $directive = $_; map { [$directive, $_, join '',
              map { "(?=.*\"$_\")" } @{ $words{$directive} }] }
          qw(Maybe 1 None) } sort keys %words),
);

# What is right to write: text that is accepted as it stands.
my $many = join ' ', map { "https://n$_.example" } 1 .. 200;
my @sound = (
    map({ my $directive = $_;
          map { ("$directive $_", "$directive \U$_", "\L$directive $_",
                 "$directive \"$_\"") } @{ $words{$directive} } }
        sort keys %words),
    map({ ("$_ None", "$_ none", "$_ NONE") } @lists),
    map({ "CorsAllowOrigin $_" } $page, 'https://A.Example',
        'https://a.example:8443', 'https://a.example:443',
        'http://a.example:80', 'https://*.a.example', 'http://localhost:*',
        'https://*.a.example:*', 'http://[::1]:8080', 'http://[::1]:*',
        'http://[0:0:0:0:0:0:0:1]', 'http://192.0.2.1:8080',
        'capacitor://localhost', 'chrome-extension://abcdefgh', 'null', '*',
        'https://xn--exmple-cua.example', 'https://a_b.example', $many,
        "* -$page", "+$page -https://b.example", "\"$page\" '$page'",
        "$page \\\n    https://b.example"),
    map({ "CorsAllowOriginMatch $_" } 'https://(a|b)\\.example',
        '"https://a\\.example|https://b\\.example"', 'https://a\\.example.*',
        '-https://x\\.example', 'https://a\\.(x|y) https://b\\.(x|y)'),
    map({ "CorsAllowMethods $_" } '*', 'PUT', 'PUT PATCH DELETE', '* -PUT',
        '+PUT -PATCH', 'X-OWN', 'put', 'PUT PUT'),
    map({ my $directive = $_; map { "$directive $_" } '*', 'X-A X-B',
          'X-RateLimit-*', '* -X-Secret', '+X-A -X-*', 'x-a X-A',
          join(' ', map { "X-N$_" } 1 .. 200) }
        qw(CorsAllowHeaders CorsExposeHeaders)),
    'CorsAllowHeaders Authorization', 'CorsExposeHeaders Content-Type',
    map({ "CorsAllowCredentials $_" } qw(On Off ON off), $page,
        "https://*.a.example -$page", "+$page"),
    map({ "CorsMaxAge $_" } qw(0 600 86400 100000 2147483647 10min 2h 45s
        2000ms 10mi Off OFF), '"10min"'),
    "CorsAllowOrigin $page\nCorsAllowOrigin https://b.example",
);

# Faults of one directive, told at once.
my @several = (
    ['CorsAllowOrigin', 'https://a.example/ https://ok.example a.example ' .
     'https://*', ['https://a.example/', 'write'], ['a.example', 'write'],
     ['https://*', 'CorsAllowOriginMatch']],
    ['CorsAllowMethods', 'TRACE PUT P,T P*', ['TRACE', 'leave it out'],
     ['P,T', 'commas'], ['P*', 'each method']],
    ['CorsAllowHeaders', 'Cookie X-A Host +', ['Cookie', 'leave it out'],
     ['Host', 'leave it out'], ['+', '.']],
    ['CorsExposeHeaders', 'Set-Cookie Range -Range a:b', ['Set-Cookie', '.'],
     ['Range', '.'], ['a:b', 'a name has']],
    ['CorsAllowOriginMatch', '( https://a [', ['(', '.'], ['[', '.']],
    ['CorsAllowCredentials', '* a.example https://b.example/', ['*', '.'],
     ['a.example', '.'], ['https://b.example/', '.']],
    ['CorsAllowOrigin', 'a.example None', ['a.example', 'write'],
     ['None', 'alone']],
);

# Directives with a sound argument.
my %with = (map({ $_ => 'None' } @lists), CorsMaxAge => 10,
            map { $_ => $words{$_}[0] } keys %words);

# .htaccess files that are wrong: the text, the line, what is logged.
my @htaccess = (
    ["CorsExposeHeaders Set-Cookie\n", 1,
     'CorsExposeHeaders: CORS-E06: "Set-Cookie" .*: leave it out'],
    ["# none\n\nCorsMaxAge soon\n", 3,
     'CorsMaxAge: CORS-E07: "soon" .*: write whole seconds'],
    ["CorsEngine On\nCorsEngine Maybe\n", 2,
     'CorsEngine: "Maybe" .*: write "On", "Off" or "ReportOnly"'],
    ["<Files x>\nCorsAllowOrigin a.example https://*\n</Files>\n", 2,
     'CorsAllowOrigin: CORS-E01: "a.example" .*: write "https://a.example"; ' .
     'CORS-E01: "https://\*" .*'],
    ["CorsAllowOrigin NULL\n", 1, 'CORS-E01: "NULL" .*: write "null"'],
    ["CorsAllowOriginMatch (*UTF)https://a\n", 1,
     'CORS-E08: .*: leave out the verb that it begins with'],
    ["CorsAllowOriginMatch [\n", 1, 'CORS-E08: "\[" .*: check its brackets'],
    ["CorsAllowMethods None PUT\n", 1, 'CORS-E05: "None" .*: write it alone'],
);

plan tests => @wrong + 3 * @lists + 3 * @directives + 2 * @several
    + @sound + 2 * @htaccess + 4 * @directives + 5 + 3 + 6;

# httpd writes bytes that are not printable as \xnn, and \ twice.
sub plain {
    my ($text) = @_;
    $text =~ s/\\(?:x([0-9a-f]{2})|(\\))/$1 ? chr hex $1 : $2/ge;
    return $text;
}

# What is missing in what httpd says of a wrong text: nothing, if all is well.
# Faults are pairs of an argument, undef for none, and a mend.
sub missing {
    my ($directive, $text, $line, @faults) = @_;
    my ($status, $output, $first) = config_test($text);
    my $at = $first + $line;
    my @missing;
    $output = plain($output);
    push @missing, 'a status that is not 0' unless $status;
    push @missing, "line $at and file" unless $output =~
        s{^.*Syntax error on line $at of \S+/httpd\.conf:\n}{}s;
    push @missing, $directive unless $output =~ s/^$directive: //;
    my @told = split /; (?=CORS-E\d\d: )/, (split /\n/, $output)[0] // '';
    push @missing, @faults . ' faults' unless @told == @faults;
    for my $fault (@faults) {
        my ($argument, $mend) = @$fault;
        my $told = shift @told // '';
        push @missing, $id{$directive} if $id{$directive}
            && $told !~ s/^$id{$directive}: //;
        push @missing, "\"$argument\"" if defined $argument
            && $told !~ /^"[-+]?\Q$argument\E" .+: /;
        push @missing, "mend $mend" unless $told =~ /: .*$mend/;
    }
    return (join("\n", @missing, @missing ? "in: $output" : ()), $output);
}

# The texts that come of following a message that says what to write.
sub mended {
    my ($text, $output) = @_;
    my ($proposed) = $output =~ /: write ("[^"]*"(?: or "[^"]*")*)/;
    my @mended;
    while (defined $proposed && $proposed =~ /"([^"]*)"/g) {
        my ($proposal, $new) = ($1, $text);
        $proposal =~ /^:/ ? $new =~ s/:\d+$/$proposal/
                          : $new =~ s/ .*/ $proposal/;
        push @mended, $new;
    }
    return @mended;
}

sub short {
    my ($text) = @_;
    $text =~ s/\n\s*/\\n/g;
    $text =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;
    return length $text > 60 ? substr($text, 0, 60) . '...' : $text;
}

for (@wrong) {
    my ($directive, $argument, $mend) = @$_;
    my $text = "$directive $argument";
    my ($bare) = $argument =~ /^"?(.*?)"?$/;
    my ($missing, $output) = missing($directive, "$text\n", 0,
                                     [$bare, $mend]);
    # What a message says to write instead has to be right.
    my @refused = map { "mend is refused: $_" }
        grep { (config_test("$_\n"))[0] } mended($text, $output);
    is(join("\n", $missing || (), @refused), '',
       'refused with place, argument and mend: ' . short($text));
}

for my $directive (@lists) {
    my ($missing) = missing($directive, "$directive\n", 0,
                            [undef, 'write "None"']);
    is($missing, '', "a list without an argument is refused: $directive");
    my @wrong = $directive =~ /Methods|Headers/ ? [$page, '.'] : ();
    for my $none ('None', 'none') {
        my @text = $none eq 'None' ? ($none, $page) : ($page, $none);
        ($missing) = missing($directive, "$directive @text\n", 0, @wrong,
                             [$none, 'write it alone']);
        is($missing, '', "None stands alone: $directive @text");
    }
}
for my $text ("On $page", "$page Off") {
    my ($word) = $text =~ /(O\w+)/;
    my ($missing) = missing('CorsAllowCredentials',
                            "CorsAllowCredentials $text\n", 0,
                            [$word, 'write it alone']);
    is($missing, '', "On and Off stand alone: CorsAllowCredentials $text");
}

# On gives credentials to all, a list behind it in the section to nobody more.
for my $list ($page, "+https://b.example", "-$page") {
    my ($missing) = missing('CorsAllowCredentials', "CorsAllowOrigin $page\n"
                            . "CorsAllowCredentials On\n"
                            . "CorsAllowCredentials $list\n", 2,
                            [undef, 'leave out one of the two']);
    is($missing, '', "On, then a list, is refused: $list");
}
for my $lines ("$page|On", "On|Off", "On|None", "On|Off|$page", "On|On",
               "On|</Location>|<Location /in>|$page") {
    my $text = join '', map { /^</ ? "$_\n" : "CorsAllowCredentials $_\n" }
        split /\|/, $lines;
    my ($status, $output) = config_test("CorsAllowOrigin $page\n"
        . "<Location />\n$text</Location>\n");
    is($status ? $output : '', '', "accepted: credentials $lines");
}

for my $directive (@directives) {
    my ($status, $output, $first) = config_test("$directive\n");
    my $takes = $directive =~ /^(?:@{[join '|', @lists]})$/ ? ': CORS-E'
                                                            : ' takes one arg';
    like($output, qr/line $first of .*\n$directive$takes/,
         "a directive without an argument is refused: $directive");
    for my $limit (qw(Limit LimitExcept)) {
        ($status, $output, $first) = config_test(
            "<Directory />\n<$limit GET>\n$directive $with{$directive}\n" .
            "</$limit>\n</Directory>\n");
        my $at = $first + 2;
        like($output, qr/line $at of .*\n$directive cannot occur within <Lim/,
             "<$limit> is no place for $directive");
    }
}

for (@several) {
    my ($directive, $arguments, @faults) = @$_;
    my ($missing) = missing($directive, "$directive $arguments\n", 0, @faults);
    is($missing, '', "all faults at once: $directive $arguments");
    ($missing) = missing($directive, "<Directory />\n\n <Files y>\n" .
                         "$directive $arguments\n</Files>\n</Directory>\n",
                         3, @faults);
    is($missing, '', "the line in a section: $directive $arguments");
}

for my $text (@sound) {
    my ($status, $output) = config_test("$text\n");
    is($status ? $output : '', '', 'accepted: ' . short($text));
}

# .htaccess
my $folder = vars('t_dir') . '/htdocs/config';

# The status with a .htaccess file in a folder, what is logged, the response.
sub with_htaccess {
    my ($name, $text) = @_;
    open my $out, '>', "$folder/$name/.htaccess" or die "cannot write: $!";
    print $out $text;
    close $out or die "cannot write: $!";
    my $mark = log_mark('error_log');
    my $response = get("/config/$name/", $page);
    unlink "$folder/$name/.htaccess";
    return ($response->{status}, plain(log_since('error_log', $mark)),
            $response);
}

for (@htaccess) {
    my ($text, $line, $told) = @$_;
    my ($status, $log) = with_htaccess('all', $text);
    is($status, 500, 'wrong in .htaccess: 500: ' . short($text));
    like($log, qr{\Q$folder\E/all/\.htaccess: line $line: .*$told},
         'file, line, argument and mend in the error log: ' . short($text));
}

for my $directive (@directives) {
    my $text = "$directive $with{$directive}\n";
    my $refused = qr{/\.htaccess: $directive not allowed here};
    my ($status) = with_htaccess('all', $text);
    is($status, 200, "AllowOverride All permits $directive");
    ($status) = with_htaccess('none', $text);
    is($status, 200, "AllowOverride None: $directive is not read");
    ($status, my $log) = with_htaccess('auth', $text);
    like("$status $log", qr/^500 .*$refused/s,
         "without FileInfo $directive is refused");
    ($status, $log) = with_htaccess('list', $text);
    like("$status $log",
         $directive eq 'CorsExposeHeaders' ? qr/^200 (?!.*not allowed)/s
                                           : qr/^500 .*$refused/s,
         "AllowOverrideList CorsExposeHeaders: $directive");
}
my (undef, undef, $response) = with_htaccess('list',
                                             "CorsExposeHeaders X-A\n");
cors_is($response, 200, { origin => $page, expose => 'X-A', vary => 'Origin' },
        'AllowOverrideList CorsExposeHeaders: it takes effect');
(undef, undef, $response) = with_htaccess('none',
                                          "CorsExposeHeaders Cookie\n");
cors_is($response, 200, { origin => $page, vary => 'Origin' },
        'AllowOverride None: what is wrong in .htaccess is not read');

# A sanitizer adds some of its own.
my @symbols = grep { !/^__(?:odr_)?asan/ } map { (split)[-1] }
    `nm -D --defined-only $ENV{CORS_MODULE}`;
is("@symbols", 'cors_module', 'the module exports its record alone');
