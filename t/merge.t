use strict;
use warnings;

use File::Path qw(make_path);
use Apache::Test qw(-withtestmore);
use CorsTest;

# Section 2.1: an inner section replaces the settings and lists of an outer
# one, or edits its lists.  Every directive is tried in every kind of section,
# on servers of this test's own whose configuration is made of these tables.

my %origin = map { $_ => 'https://' . lc . '.example' } qw(A B C D);
my $page = $origin{A};
my $every = join ' ', map { $origin{$_} } sort keys %origin;
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);

# Kinds of sections, from the outermost to the innermost as httpd merges them:
# %d is a folder, %p the path of its URL, %b its URL on a backend, %f a file.
# Where the name ends in "..." the sections are written in the opposite order.
my %places = (
    'nested <Directory>' =>
        ['Directory "%d"', 'Directory "%d/in"', 'Directory "%d/in/in"'],
    'nested <Location>' =>
        ['Location "%p"', 'Location "%p/in"', 'Location "%p/in/in"'],
    '<Location>s of one URL' =>
        ['Location "%p"', 'LocationMatch "^%p/in"', 'Location "%p/in/"'],
    'edits of edits' =>
        ['Directory "%d"', 'Location "%p"', 'LocationMatch "^%p/"'],
    '.htaccess' =>
        ['Directory "%d"', '%d/.htaccess', '%d/in/.htaccess'],
    '.htaccess, <Files>s of one file' =>
        ['%d/in/.htaccess', 'FilesMatch "^%f$"', 'Files "%f"'],
    '<Files>, <Location>, <If> ...' =>
        ['Files "%f"', 'Location "%p"', 'If "%{REQUEST_URI} =~ m#^%p/#"'],
    '<Proxy>, <Location>, <If> ...' =>
        ['Proxy "%b/*"', 'Location "%p"', 'If "%{REQUEST_URI} =~ m#^%p/#"'],
);

# What a list says in each section, and which entries come of it, in order.
my @edits = (
    [['A B'], 'A B'],
    [['A B', 'C'], 'C'],
    [['A B', '+C'], 'A B C'],
    [['A B', '-A'], 'B'],
    [['A B', '+C -A'], 'B C'],
    [['A B', 'None'], ''],
    [['A B', '-A -B'], ''],
    [['A B', '+A'], 'A B'],
    [['A', '-C'], 'A'],
    [['None', '+A'], 'A'],
    [['', '+A -B'], 'A'],
    [['A B -A'], 'B'],
    [['A -B', '+B'], 'A B'],
    [['A B', "C\nD"], 'C D'],
    [['A B', "+C\n-A"], 'B C'],
    [['A B', "+C\nD"], 'C D'],
    [["A\nB", '+C'], 'A B C'],
    [["A B\nNone"], ''],
    [["A B\nNone\nC", '+D'], 'C D'],
    [['A B', '+C', '-A'], 'B C'],
    [['A B', 'C', '+D'], 'C D'],
    [['A B', '+C', 'D'], 'D'],
    [['A B', '-B', '+B'], 'A B'],
    [['A B', '+C', '-C'], 'A B'],
    [['A B', 'None', '+C'], 'C'],
    [['A B', '+C', 'None'], ''],
    [['A B', '', '-A'], 'B'],
    [['A B', '+C', '+D -B'], 'A C D'],
);

# What is asked where, and what the answer is if a list has these entries.
sub ask_origins {
    my ($at, $has) = @_;
    return map { [get($at->{path}, $origin{$_}, %$at), $has->{$_}
                  ? { origin => $origin{$_}, vary => 'Origin' }
                  : { vary => 'Origin' }, " $_"] } sort keys %origin;
}

sub ask_credentials {
    my ($at, $has) = @_;
    return map { [get($at->{path}, $origin{$_}, %$at),
                  { origin => $origin{$_}, vary => 'Origin',
                    credentials => $has->{$_} && 'true' }, " $_"]
               } sort keys %origin;
}

sub ask_names {
    my ($field, $names) = @_;
    my %fixed = (origin => $page,
                 vary => $field eq 'expose' ? 'Origin' : $vary);
    return sub {
        my ($at, $has, @order) = @_;
        my $value = @order ? join ', ', map { $names->{$_} } @order : undef;
        my $response = $field eq 'expose'
                       ? get($at->{path}, $page, %$at)
                       : preflight($at->{path}, $page, 'GET', undef, %$at);
        return [$response, { %fixed, $field => $value }, ''];
    };
}

my %methods = map { $_ => "${_}CT" } qw(A B C D);
my %headers = map { $_ => "X-$_" } qw(A B C D);
my %matches = map { $_ => 'https://' . lc . '\.example' } qw(A B C D);
# Of each directive: what stands beside it, entries, and who asks.
my %lists = (
    CorsAllowOrigin      => ['', \%origin, \&ask_origins],
    CorsAllowOriginMatch => ['', \%matches, \&ask_origins],
    CorsAllowCredentials => ["CorsAllowOrigin $every", \%origin,
                             \&ask_credentials],
    map { my ($directive, $field, $names) = @$_;
          $directive => ["CorsAllowOrigin $page", $names,
                         ask_names($field, $names)]
    } (['CorsAllowMethods', 'methods', \%methods],
       ['CorsAllowHeaders', 'headers', \%headers],
       ['CorsExposeHeaders', 'expose', \%headers]),
);

# Settings: what stands beside them, who asks, the values, and the status and
# fields that come of them.
my $granted = sub {
    preflight($_[0]{path}, $page, 'GET', undef, %{ $_[0] },
              fields => ['Access-Control-Request-Private-Network', 'true'])
};
my $actual = sub { get($_[0]{path}, $page, %{ $_[0] }) };
my $refused = sub { get($_[0]{path}, 'https://x.example', %{ $_[0] }) };
my %yes = (origin => $page, vary => $vary);
my %seen = (origin => $page, vary => 'Origin');
my %settings = (
    CorsEngine => ['', $actual,
        On => [200, \%seen], Off => [200, {}], ReportOnly => [200, {}]],
    CorsMaxAge => ['', $granted, 10 => [204, { %yes, age => 10 }],
        '2h' => [204, { %yes, age => 7200 }], 0 => [204, { %yes, age => 0 }],
        Off => [204, \%yes]],
    CorsPreflightStatus => ['', $granted, 200 => [200, \%yes],
        204 => [204, \%yes]],
    CorsPreflight => ['CorsPreflightStatus 204', $granted,
        Answer => [204, \%yes], Pass => [200, \%yes]],
    CorsEnforce => ['', $refused, On => [403, { vary => 'Origin' }],
        Off => [200, { vary => 'Origin' }]],
    CorsUpstream => ["Header set Access-Control-Allow-Origin $origin{B}",
        $actual, Replace => [200, \%seen],
        Keep => [200, { %seen, origin => $origin{B} }]],
    CorsTimingAllowOrigin => ['', $actual,
        On => [200, { %seen, timing => $page }], Off => [200, \%seen]],
    CorsAllowPrivateNetwork => ['', $granted,
        On => [204, { %yes, private => 'true' }], Off => [204, \%yes]],
    CorsDebug => ['', $actual,
        On => [200, { %seen, debug => 'granted' }], Off => [200, \%seen]],
);

# Every case: what stands beside the directive in the outermost section, what
# each section says, how that is told, and a function that asks.
my @cases;
for my $directive (sort keys %lists) {
    my ($beside, $entries, $ask) = @{ $lists{$directive} };
    for (@edits) {
        my ($texts, $wanted) = @$_;
        my @order = split ' ', $wanted;
        my %has = map { $_ => 1 } @order;
        push @cases, {
            directive => $directive, beside => $beside,
            texts => [map { join '', map {
                my $line = $_;
                $line =~ s/\b([A-D])\b/$entries->{$1}/g;
                "$directive $line\n" } split /\n/ } @$texts],
            name => "$directive " . join(' | ', map { s/\n/ & /gr } @$texts),
            asked => $directive =~ /Origin|Cred/ ? 4 : 1,
            ask => sub { $ask->($_[0], \%has, @order) },
        };
    }
}
for my $directive (sort keys %settings) {
    my ($beside, $ask, @values) = @{ $settings{$directive} };
    my %answer = @values;
    my ($first, @others) = map { $values[2 * $_] } 0 .. $#values / 2;
    for my $texts ([$first], map { ([$first, $_], [$first, $_, $first], [$_],
                                    [$_, $first], [$_, '', $first])
                                 } @others) {
        my ($status, $fields) = @{ $answer{ $texts->[-1] } };
        push @cases, {
            directive => $directive,
            beside => "CorsAllowOrigin $page\n$beside",
            texts => [map { length ? "$directive $_\n" : '' } @$texts],
            name => "$directive " . join(' | ', @$texts),
            asked => 1,
            ask => sub { [$ask->($_[0]), $fields, '', $status] },
        };
    }
}

# What one section or another of a few takes away, or adds, where more than
# single entries is at stake: sections from the outermost to the innermost,
# and what is asked.
my @allowed = map { [A => { origin => $_, vary => 'Origin' }] } $page;
my @also = (
    ['the three origin directives feed one list: replace',
     ["CorsAllowOrigin $page", 'CorsAllowOriginMatch https://b\.example'],
     [A => { vary => 'Origin' }],
     [B => { origin => $origin{B}, vary => 'Origin' }]],
    ['the three origin directives feed one list: add',
     ["CorsAllowOrigin $page", 'CorsAllowOriginMatch +https://b\.example'],
     @allowed, [B => { origin => $origin{B}, vary => 'Origin' }]],
    ['the three origin directives feed one list: take away',
     ["CorsAllowOrigin $page $origin{B}",
      'CorsAllowOriginMatch -https://b\.example'],
     @allowed, [B => { vary => 'Origin' }]],
    ['the three origin directives feed one list: accumulate',
     ["CorsAllowOrigin $page\nCorsAllowOriginMatch https://b\\.example"],
     @allowed, [B => { origin => $origin{B}, vary => 'Origin' }]],
    ['the three origin directives feed one list: one without a sign replaces',
     ["CorsAllowOrigin $page",
      "CorsAllowOrigin +$origin{B}\nCorsAllowOriginMatch https://c\\.example"],
     [A => { vary => 'Origin' }],
     [B => { origin => $origin{B}, vary => 'Origin' }],
     [C => { origin => $origin{C}, vary => 'Origin' }]],
    ['an origin taken from * is refused, others are told *',
     ['CorsAllowOrigin *', "CorsAllowOrigin -$page"],
     [A => { vary => 'Origin' }], [B => { origin => '*', vary => 'Origin' }]],
    ['an exclusion taken from * makes any-origin of it',
     ["CorsAllowOrigin * -$page", "CorsAllowOrigin +$page"],
     [A => { origin => '*' }], [B => { origin => '*' }]],
    ['* without the credentials of anybody is any-origin',
     ["CorsAllowOrigin *\nCorsAllowCredentials $page",
      "CorsAllowCredentials -$page"],
     [A => { origin => '*' }]],
    ['credentials for all but one',
     ["CorsAllowOrigin $every\nCorsAllowCredentials On",
      "CorsAllowCredentials -$page"],
     @allowed, [B => { origin => $origin{B}, credentials => 'true',
                       vary => 'Origin' }]],
    ['CorsAllowCredentials Off is the empty list',
     ["CorsAllowOrigin $every\nCorsAllowCredentials On",
      'CorsAllowCredentials Off'], @allowed],
    (map { my ($lines, @fields) = @$_;
           ["the last of a section counts: CorsAllowCredentials $lines",
            ["CorsAllowOrigin $every\n"
             . join '', map { "CorsAllowCredentials $_\n" } split / & /,
             $lines],
            [A => { origin => $page, vary => 'Origin', @fields }]] }
        ['On & Off'], ['On & None'], ["$page & Off"],
        ['Off & On', credentials => 'true'],
        ["$origin{B} & On", credentials => 'true'],
        ["On & Off & $origin{B}"],
        ["Off & $page", credentials => 'true']),
    ['CorsAllowCredentials Off, then one',
     ["CorsAllowOrigin $every\nCorsAllowCredentials On",
      'CorsAllowCredentials Off', "CorsAllowCredentials +$page"],
     [A => { origin => $page, credentials => 'true', vary => 'Origin' }],
     [B => { origin => $origin{B}, vary => 'Origin' }]],
    ['an origin list further in puts a policy in force',
     ['CorsExposeHeaders X-A', "CorsAllowOrigin $page"],
     [A => { origin => $page, expose => 'X-A', vary => 'Origin' }]],
    ['no origin list, no policy',
     ['CorsExposeHeaders X-A', 'CorsExposeHeaders +X-B'], [A => {}]],
    ['CorsAllowOrigin None is a policy that refuses all',
     ["CorsAllowOrigin $every", 'CorsAllowOrigin None'],
     [A => { vary => 'Origin' }]],
    ['CorsEngine Off leaves no trace of a policy, On brings it back',
     ["CorsAllowOrigin $page\nCorsExposeHeaders X-A", 'CorsEngine Off',
      "CorsEngine On\nCorsExposeHeaders +X-B"],
     [A => { origin => $page, expose => 'X-A, X-B', vary => 'Origin' }]],
    ['lists are edited while CorsEngine is Off',
     ["CorsEngine Off\nCorsAllowOrigin $page",
      "CorsAllowOrigin +$origin{B}", 'CorsEngine On'],
     @allowed, [B => { origin => $origin{B}, vary => 'Origin' }]],
    ['a header name is taken away in any case',
     ["CorsAllowOrigin $page\nCorsExposeHeaders X-A X-B",
      'CorsExposeHeaders -x-a'],
     [A => { origin => $page, expose => 'X-B', vary => 'Origin' }]],
    ['a prefix taken away excludes what begins so',
     ["CorsAllowOrigin $page\nCorsExposeHeaders X-Own-A X-Own-B X-A",
      'CorsExposeHeaders -X-Own-*', 'CorsExposeHeaders +X-Own-A'],
     [A => { origin => $page, expose => 'X-A', vary => 'Origin' }]],
    ['a prefix exclusion goes when the prefix is added',
     ["CorsAllowOrigin $page\nCorsExposeHeaders X-Own-A -X-Own-*",
      'CorsExposeHeaders +X-Own-*'],
     [A => { origin => $page, expose => 'X-Own-A', vary => 'Origin' }]],
    ['CorsExposeHeaders +X-Trace-Id -X-Old of the contract',
     ["CorsAllowOrigin $page\nCorsExposeHeaders X-New X-Old",
      'CorsExposeHeaders +X-Trace-Id -X-Old'],
     [A => { origin => $page, expose => 'X-New, X-Trace-Id',
             vary => 'Origin' }]],
);

# The order in which httpd merges sections; the server's configuration comes
# before them.
my @order = ('Directory "%d"', '%d/in/in/.htaccess', 'Files "%f"',
             'Location "%p"', 'If "%{REQUEST_URI} =~ m#^%p/#"');

my $root = vars('t_logs') . '/merge';
my $modules = [qw(headers proxy proxy_http)];
my $backend = 'http://127.0.0.1:' . vars('port') . '/merge/backend';
my $base = "DocumentRoot $root\n<Directory />\nAllowOverride All\n" .
    "</Directory>\n";

my $config = '';

# Write sections for a case under a number of its own; the path to ask.
my $number = 0;
sub place {
    my ($sections, $reversed, @texts) = @_;
    my @left = @$sections;
    my $path = '/' . ++$number;
    my $file = "f$number.html";
    my %means = (d => "$root$path", p => $path, b => "$backend$path",
                 f => $file);
    my @written;
    make_path("$root$path/in/in");
    write_file("$root$path/in/in/$file", "merge\n");
    for my $text (@texts) {
        my $section = shift(@left) =~ s/%([dpbf])/$means{$1}/gr;
        if ($section =~ /\.htaccess$/) {
            write_file($section, "$text\n");
            next;
        }
        my ($word) = $section =~ /^(\w+)/;
        push @written, "<$section>\n$text\n</$word>\n";
        $config .= "ProxyPass $path/ $backend$path/\n" if $word eq 'Proxy';
    }
    $config .= join '', $reversed ? reverse @written : @written;
    return "$path/in/in/$file";
}

sub write_file {
    my ($path, $text) = @_;
    open my $out, '>', $path or die "cannot write $path: $!";
    print $out $text;
    close $out or die "cannot write $path: $!";
    return;
}

sub check {
    my ($case, $name, %at) = @_;
    for ($case->{ask}->(\%at)) {
        my ($response, $fields, $of, $status) = @$_;
        $status ||= $case->{directive} =~ /Allow(?:Meth|Head)/ ? 204 : 200;
        cors_is($response, $status, $fields, "$name$of");
    }
    return;
}

# Cases whose outermost section is the server's configuration, a virtual host
# the next: one server for each directive.
my %of_server;
for my $case (@cases) {
    my ($directive, $outer) = ($case->{directive}, $case->{texts}[0]);
    my $first = $of_server{$directive}[0];
    push @{ $of_server{$directive} }, $case
        if !$first || $first->{texts}[0] eq $outer;
}

my $asked = 0;
$asked += $_->{asked} * keys %places for @cases;
$asked += $_->{asked} for map { @$_ } CORE::values %of_server;
my @also_in = ('nested <Directory>', '.htaccess', 'edits of edits');
$asked += (@$_ - 2) * @also_in for @also;
plan tests => $asked + 2 * (@order + 1);

# Sections, in each kind of place.
my @checks;
for my $place (sort keys %places) {
    for my $case (@cases) {
        my ($first, @inner) = @{ $case->{texts} };
        push @checks, [$case, "$place: $case->{name}", path => place(
            $places{$place}, scalar $place =~ /\.\.\.$/,
            "$case->{beside}\n$first", @inner)];
    }
}
for my $place (@also_in) {
    for (@also) {
        my ($name, $texts, @answers) = @$_;
        my $path = place($places{$place}, 0, @$texts);
        push @checks, [{ directive => '', ask => sub {
            map { [get($path, $origin{ $_->[0] }, %{ $_[0] }), $_->[1],
                   " $_->[0]"] } @answers } }, "$place: $name"];
    }
}
my $server = private_httpd("$base$config", modules => $modules);
check(@$_, port => $server->port) for @checks;
undef $server;

# The server's configuration, virtual hosts and their sections.
write_file("$root/x.html", "merge\n");
for my $directive (sort keys %of_server) {
    my @hosts;
    my $outer = $of_server{$directive}[0];
    $config = "$base$outer->{beside}\n$outer->{texts}[0]";
    for my $case (@{ $of_server{$directive} }) {
        my (undef, $host, $location) = @{ $case->{texts} };
        push @hosts, 'c' . @hosts . '.example';
        $config .= "<VirtualHost *>\nServerName $hosts[-1]\n" . ($host // '') .
            "<Location />\n" . ($location // '') .
            "</Location>\n</VirtualHost>\n";
    }
    $server = private_httpd($config, modules => $modules);
    for my $case (@{ $of_server{$directive} }) {
        check($case, "server, <VirtualHost>, <Location>: $case->{name}",
              path => '/x.html', host => shift @hosts,
              port => $server->port);
    }
    undef $server;
}

# The order: every section adds a name and sets a time.
$config = '';
my @paths = map { my $last = $_; place(\@order, 1, map {
    "CorsExposeHeaders +X-$_\nCorsMaxAge 1$_" } 0 .. $last) } -1 .. $#order;
$server = private_httpd("$base$config\nCorsAllowOrigin $page\n" .
                        "CorsExposeHeaders X-Server\nCorsMaxAge 1\n");
for my $last (-1 .. $#order) {
    my $path = shift @paths;
    my $name = $last < 0 ? 'the server alone' : "up to $order[$last]";
    my $exposed = join ', ', 'X-Server', map { "X-$_" } 0 .. $last;
    cors_is(get($path, $page, port => $server->port), 200,
            { origin => $page, expose => $exposed, vary => 'Origin' },
            "order of sections, a list: $name");
    cors_is(preflight($path, $page, 'GET', undef, port => $server->port), 204,
            { %yes, age => $last < 0 ? 1 : "1$last" },
            "order of sections, a setting: $name");
}
