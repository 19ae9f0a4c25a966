# What the manual, README.md and the files of conf show is true: each example
# is accepted and has no warning, each that is shown as wrong is refused for the
# reason that is given and mended by what is said to mend it, and messages read
# as they are shown.
use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $top = vars('t_dir') . '/..';
my @modules = qw(authn_core authn_file authz_user auth_basic headers
                 proxy proxy_http macro);

sub slurp {
    my ($file) = @_;
    open my $in, '<', "$top/$file" or die "cannot read $file: $!";
    local $/;
    return scalar <$in>;
}

my %text = map { $_ => slurp($_) } 'docs/mod_cors.md', 'README.md';
my $manual = $text{'docs/mod_cors.md'};

# A section of the manual, and the cells of the rows of its table that begin
# with what is looked for.
sub section {
    my ($title) = @_;
    $manual =~ /^## \Q$title\E$(.*?)(?=^## |\z)/ms or die "no section $title";
    return $1;
}

sub rows {
    my ($title, $first) = @_;
    return map { [map { s/\\\|/|/gr } split /\s*(?<!\\)\|\s*/, $_] }
        section($title) =~ /^\|\s*($first.*?)\s*\|$/mg;
}

sub codes { return $_[0] =~ /`([^`]+)`/g }

# 1. Examples.
my %example = map { my $file = $_;
    my $n = 0;
    map { ("$file, example " . ++$n => $_) }
        map { s{"logs/}{"}gr } $text{$file} =~ /^```apache\n(.*?)^```/msg;
} keys %text;
for my $file (glob "$top/conf/examples/*.conf") {
    $example{$file =~ s{.*/}{}r} = slurp($file =~ s{^\Q$top\E/}{}r);
}
my $own = slurp('conf/examples/shared-hosting.htaccess');
$example{'shared-hosting.htaccess'} = "<Directory /x>\n$own</Directory>\n";
my $conf = slurp('conf/cors.conf');
my @set = $conf =~ /^    #(Cors\w+ .*)$/mg;
$example{'cors.conf'} = $conf;
$example{'cors.conf, all lines'} = $conf =~ s/^    #(?=Cors)//mgr;

# 2. Directives: those that there are, and of each its default.
my %shown = map { $_ => section("$_ Directive") }
    $manual =~ /^## (Cors\w+) Directive$/mg;
my $info = private_httpd(<<'CONF', modules => ['info']);
<Location /info>
    SetHandler server-info
</Location>
CONF
my @known = request(path => '/info?mod_cors.c', port => $info->port)->{body}
    =~ /<tt>(Cors\w+) - /g;
my %default = map {
    $_ => $shown{$_} =~ /^\| Default: \| `(?:Cors\w+) (.*?)` \|$/m ? $1 : ''
} keys %shown;

# 3. Errors and warnings: the lines that are shown, whole, and what mends them.
sub lines_of {
    my ($cell) = @_;
    my @lines = grep { /^Cors/ } codes($cell);
    return @lines if $cell !~ /<Directory>/;
    my $path = '';
    return map { $path .= '/x'; "<Directory $path>\n$_\n</Directory>" } @lines;
}

sub mended {
    my ($cell, @lines) = @_;
    my ($mend) = codes($cell);
    my $list = qr/CorsAllowOrigin(?:Match)?/;
    my $other = $cell =~ /^nothing/ ? qr/^Cors\w+ /
              : $mend =~ /^$list / ? qr/^$list /m
              : qr/^@{[$mend =~ m{^(\w+)}]} /m;
    my $replaced = 0;
    my $new = $cell =~ /^nothing/ ? '' : $mend;
    for my $line (@lines) {
        $replaced = 1 if $line =~ s/$other.*/$new/;
    }
    return @lines, $replaced ? () : $mend;
}

# What httpd -t says of lines: ids, and the text, in one line.
sub said {
    my (@lines) = @_;
    unshift @lines, 'CorsAllowOrigin https://app.example.com'
        if "@lines" !~ /CorsAllowOrigin|CorsEngine/;
    my (undef, $output) = config_test(join('', map { "$_\n" } @lines),
                                      options => ['-D', 'DUMP_CORS']);
    my %id = map { $_ => 1 } $output =~ /(CORS-[EW]\d\d)/g;
    return (join(' ', sort keys %id), $output =~ s/\s+/ /gr);
}

my @errors = rows('Errors in the configuration', '`CORS-E');
my @warnings = rows('Warnings about the configuration', '`CORS-W');

# 4. Messages: a file has its lines where the manual says.
my $api = '/etc/apache2/sites-enabled/api.conf';
my $folder = vars('t_logs') . "/docs-$$";
my $origin = 'CorsAllowOrigin https://app.example.com';
my %file = (
    error => ["$origin/"],
    log => [$origin, '', 'CorsAllowMethods PUT DELETE'],
    dump => [$origin, 'CorsAllowHeaders Content-Type', 'CorsMaxAge 600', '',
             '<Location "/api/v1">', 'CorsAllowHeaders +X-Trace',
             '</Location>', '</VirtualHost>'],
);
for my $name (keys %file) {
    write_file("$folder/$name.conf", join "\n", ('') x 10,
               $name eq 'dump' ? '<VirtualHost *:443>' : '',
               @{ $file{$name} }, '');
}

sub in_one_line {
    my ($text) = @_;
    return join ' ', split ' ', $text =~ s{\Q$folder\E/\w+\.conf}{$api}gr;
}

sub samples { return section($_[0]) =~ /^    (\[cors:info\].*)$/mg }

my @samples = map { s/^\[cors:info\] \[client \S+\] //r }
    samples('The log'), samples('CorsEngine Directive');
my ($fault) = section('Errors in the configuration')
    =~ /^((?:    .*\n)+)/m;
my ($dump) = section('What takes effect') =~ /^((?:    .*\n)+)/m;
my @debug = section('CorsDebug Directive') =~ /^    CORS-Debug: (.*)$/mg;
my @reasons = map { codes($_->[0]) } rows('Reasons', '`[a-z]+-');
my ($listed) = $text{'README.md'} =~ /`CORS_REASON` is one of\s(.*?)\. /s;

plan tests => keys(%example) + 2 + 2 * keys(%shown) + 4 * (@errors + @warnings)
    + 2 + @samples + 1 + @debug + 1 + 1 + @reasons;

for my $name (sort keys %example) {
    my $strict = $example{$name} =~ /^\s*CorsLint/m ? '' : "CorsLint Strict\n";
    my ($status, $output) = config_test("$strict$example{$name}",
                                        modules => \@modules);
    is($status ? $output : join('', grep { /CORS-/ } split /^/, $output), '',
       "accepted, and not warned of: $name");
}

is(join(' ', sort keys %shown), join(' ', sort @known),
   'the manual has all directives');
is(join(' ', sort map { /^(\w+)/ } @set), join(' ', sort @known),
   'cors.conf has all directives');
for my $directive (sort keys %shown) {
    my $default = $default{$directive};
    my ($row) = $text{'README.md'} =~ /^\| `$directive` \| (.*)$/m;
    is((split / \| /, $row // '')[1], $default ? "`$default`" : '-',
       "README.md has the default of $directive");
    my ($status) = config_test($default ? "$directive $default\n" : '');
    is($status, 0, "the default of $directive is accepted");
}

for my $row (@errors, @warnings) {
    my ($id, $cause, $example, $mend) = @$row;
    ($id) = codes($id);
    my @lines = lines_of($example);
    my ($told, $output) = said(@lines);
    # E02 to E04 come about by what a section has, W07 says which of them.
    like($told, qr/^(?:CORS-E\d\d )?$id$/, in_one_line("$id: @lines"));
    my @words = grep { !/^(?:Cors|<)/ } codes($example);
    is(join(' ', grep { index($output, $_) < 0 } @words), '',
       '... with what is told of it');
    my @mended = mended($mend, @lines);
    isnt("@mended", "@lines", "$id is mended by another text");
    ($told) = said(@mended);
    is($told, '', in_one_line("$id: @mended"));
}

my (undef, $output) = config_test("Include $folder/error.conf\n");
is(in_one_line($output), in_one_line($fault), 'an error, as it is shown');
(undef, $output) = config_test("Include $folder/dump.conf\n",
                               options => ['-D', 'DUMP_CORS']);
like(in_one_line($output), qr/\Q@{[in_one_line($dump)]}\E/,
     'the dump, as it is shown');

my $server = private_httpd(<<"CONF", modules => [qw(alias headers)]);
LogLevel cors:info
Include $folder/log.conf
RedirectMatch ^/api/items\$ https://api.example.com/api/items/
<VirtualHost *:*>
    ServerName answer.example
</VirtualHost>
<VirtualHost *:*>
    ServerName pass.example
    CorsPreflight Pass
</VirtualHost>
<VirtualHost *:*>
    ServerName report.example
    CorsEngine ReportOnly
    Header always set Access-Control-Allow-Origin *
</VirtualHost>
<VirtualHost *:*>
    ServerName debug.example
    CorsAllowCredentials On
    CorsDebug On
</VirtualHost>
CONF
my $log = ($server->root =~ m{([^/]+)\z})[0] . '/error_log';
my $app = 'https://app.example.com';
my $shop = 'https://shop.example.net';
my @to = (port => $server->port);
my $mark = log_mark($log);
preflight('/api/items/7', $app, 'PATCH', undef, @to);
preflight('/api/items/7', $app, 'PUT', 'x-trace', @to);
preflight('/api/items', $app, 'PUT', undef, @to, host => 'pass.example');
get('/api/items/7', $shop, @to);
get('/api/items/7', $_, @to, host => 'report.example') for $shop, $app;
my %said = map { in_one_line(s/^.*?\] (?=CORS )//r) => 1 }
    split /\n/, log_since($log, $mark, qr/instead of "\Q$app\E"/);
ok($said{$_}, "logged as it is shown: $_") for @samples;
is(scalar(@samples), 6, 'all of these are there');

my %debug = map { $_ => 1 } map { CorsTest::values($_, 'CORS-Debug') }
    get('/api/items/7', $app, @to, host => 'debug.example'),
    preflight('/api/items/7', $app, 'PATCH', undef, @to,
              host => 'debug.example');
ok($debug{$_}, "CORS-Debug as it is shown: $_") for @debug;
is(scalar(@debug), 2, 'both of these are there');

# 5. Reasons.
is(join(' ', sort @reasons), join(' ', sort $listed =~ /`([^`]+)`/g),
   'README.md has the reasons of the manual');
my $module = do { local (@ARGV, $/) = $ENV{CORS_MODULE}; <> };
like($module, qr/\0$_\0/, "a reason: $_") for @reasons;
