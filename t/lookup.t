# P5, where it is difficult: what URL a preflight is for and which section it is
# in is found out although a rule redirects it, what redirects later is none of
# its business, and no other request pays.

use strict;
use warnings;

use Apache::Test qw(-withtestmore);
use CorsTest qw(:DEFAULT write_file);

my $app = 'https://app.example';
my $web = 'https://web.example';
my $vary = join ',', qw(Origin Access-Control-Request-Method
                        Access-Control-Request-Headers);
my %actual = (origin => $app, vary => 'Origin');
my %granted = (origin => $app, methods => 'PUT', vary => $vary);
my $policy = "CorsAllowOrigin $app\nCorsAllowMethods PUT\n";
my $https = "RewriteCond %{HTTPS} =off\n"
    . "RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]\n";

# The URL of a file in a folder that has a .htaccess, and the folder's name.
my @urls = (
    ['plain', '/plain/x', 'plain'],
    ['a query', '/plain/x?y=1&z=%20/../', 'plain'],
    ['a blank', '/a%20b/x', 'a b'],
    ['a question mark', '/a%3Fb/x', 'a?b'],
    ['a hash', '/a%23b/x?y', 'a#b'],
    ['a percent sign', '/a%25b/x', 'a%b'],
    ['an encoded percent sign', '/a%2525b/x', 'a%25b'],
    ['UTF-8', '/%C3%A9/x', "\xC3\xA9"],
    ['UTF-8 as it is', "/\xC3\xA9/x", "\xC3\xA9"],
    ['a plus sign', '/a+b/x', 'a+b'],
    ['a colon', '/a:b/x', 'a:b'],
    ['a semicolon', '/a;b/x', 'a;b'],
    ['dot segments', '/none/.././plain/x', 'plain'],
    ['slashes', '//plain///x', 'plain'],
    ['a whole URL', 'http://localhost/a%20b/x?y', 'a b'],
    ['an encoded slash', '/a%2Fc/x', 'a/c', 'On'],
    ['an encoded slash, kept', '/a%2Fc/x', 'a%2Fc', 'NoDecode'],
    ['many folders', '/plain/' . 'x/' x 1500, 'plain'],
    ['a long query', '/plain/x?' . 'y' x 7000, 'plain'],
);

# What stands in a virtual host besides, and its files.  Known is an origin that
# the policy allows a GET, if it is known when that is redirected; asks is what
# a preflight of an origin gets: a status and fields, or nothing if it gets what
# it gets without the module.
my $new = 'https://new.example/';
my $redirected = [[$app]];
my $answered = [[$app, 204, \%granted], [$web, 403, { vary => $vary }]];
my $proxy = "<Proxy http://127.0.0.1:1/>\n$policy</Proxy>\n";
my $no_subrequest = "RewriteCond %{IS_SUBREQ} =true\nRewriteRule ^ - [F]\n";
my $no_options = "RewriteCond %{REQUEST_METHOD} =OPTIONS\n"
    . "RewriteRule ^ - [F]\n";
my $loop = "RewriteRule ^/p/(.*) /p/\$1\$1 [N]\n";
my $cookie = "RewriteRule ^ - [CO=seen:1:localhost]\n";

sub in_p { return { 'p/x' => "x\n", 'p/.htaccess' => join '', @_ } }

my @cases = (
    # The policy of .htaccess is found.
    ['RewriteRule', $https],
    ['a file that is not there', $https, url => '/p/none'],
    ['a folder without its slash', $https, url => '/p'],
    ['the target of [PT]', "$https RewriteRule ^/old/(.*) /p/\$1 [PT]\n",
     url => '/old/x'],
    ['the target of a rule', "$https RewriteRule ^/old/(.*) /p/\$1\n",
     url => '/old/x'],
    ['the target of an Alias', "$https Alias /old DIR/p\n", url => '/old/x'],
    ['authentication behind', "$https <Location /p>\nAuthType Basic\n"
     . "AuthName p\nRequire valid-user\n</Location>\n"],
    ['access control behind',
     "$https <Location /p>\nRequire all denied\n</Location>\n"],
    ['a proxy behind', "$https ProxyPass /p http://127.0.0.1:1/\n$proxy",
     files => {}],
    ['[P] behind', "$https RewriteRule ^/p http://127.0.0.1:1/ [P]\n$proxy",
     files => {}],
    ['another policy before', "$https CorsAllowOrigin $web\n", known => $web],
    ['a cookie that the answer has not', "$cookie$https"],
    ['Redirect in Location', "<Location /p>\nRedirect $new\n</Location>\n"],
    ['[F] for OPTIONS', "$policy$no_options", known => $web,
     files => in_p("CorsAllowOrigin $web"),
     asks => [[$web, 204, { %granted, origin => $web }],
              [$app, 403, { vary => $vary }]]],

    # There is none to be found.
    ['the policy is off', "$https$policy", asks => $redirected,
     files => in_p('CorsEngine Off'), known => $app],
    ['the policy reports', $https, asks => $redirected,
     files => in_p($policy, 'CorsEngine ReportOnly')],
    ['the policy lets pass', $https, asks => [[$app, 301, { vary => $vary }]],
     files => in_p($policy, 'CorsPreflight Pass')],
    ['.htaccess is broken', $https, asks => $redirected,
     files => in_p('Nonsense')],
    ['the path is too long', $https, asks => $redirected,
     url => '/p/' . 'x/' x 3000],
    ['the name is too long', $https, asks => $redirected,
     url => '/p/' . 'x' x 7000],
    ['a rule is in the look-up\'s way', "$no_subrequest$https",
     asks => $redirected],
    ['a loop without a policy', "$loop$https", asks => $redirected],
    ['a cookie that the redirect has', "$cookie$https", asks => $redirected,
     files => {}],
    ['a cookie that the redirect has not', "$https$cookie",
     asks => $redirected, files => {}],

    # None is to be found, and the virtual host has one.
    ['.htaccess is broken, below a policy', "$https$policy", known => $app,
     files => in_p('Nonsense')],
    ['the path is too long, below a policy', "$https$policy",
     url => '/p/' . 'x/' x 3000, known => $app],
    ['Redirect in Location that has a policy',
     "<Location /p>\n$policy Redirect $new\n</Location>\n", known => $app],
    ['a rule is in the look-up\'s way, below a policy',
     "$no_subrequest$https$policy", known => $app],
    ['a loop below a policy', "$loop$https$policy", known => $app],

    # Nothing has to be found.
    ['[PT] alone', 'RewriteRule ^/old/(.*) /p/$1 [PT]', url => '/old/x',
     known => $app],
    ['[PT,NS] alone', 'RewriteRule ^/old/(.*) /p/$1 [PT,NS]', url => '/old/x',
     known => $app],
    ['a rule for other URLs', "RewriteRule ^/other $new [R]", known => $app],
    ['a slash of mod_dir', '', url => '/p', known => $app],
    ['[R] in .htaccess', '', known => $app,
     files => in_p($policy, "RewriteEngine On\nRewriteRule ^ $new [R]\n")],
    ['[F] in .htaccess', '', known => $app,
     files => in_p($policy, "RewriteEngine On\nRewriteRule ^ - [F]\n")],
    ['Redirect in .htaccess', '', known => $app,
     files => in_p($policy, "Redirect /p $new\n")],
    ['a loop in .htaccess', '', known => $app,
     files => in_p($policy, "RewriteEngine On\nRewriteRule (.*) /p/y\$1\n")],
    ['[R] in Directory', "<Directory DIR>\nRewriteEngine On\n"
     . "RewriteRule ^ $new [R]\n</Directory>\n", known => $app],
    ['[R] in Location', "<Location /p>\nRewriteEngine On\n"
     . "RewriteRule ^ $new [R]\n</Location>\n", known => $app],
);

my $root = vars('t_logs') . "/lookup-$$";

sub without { return $_[0] =~ s/^\s*Cors.*\n?//mgr }

# Files, and of a .htaccess one for a server without the module.
sub write_files {
    my ($dir, %files) = @_;
    for my $name (keys %files) {
        write_file("$dir/$name", $files{$name});
        write_file("$dir/" . $name =~ s/\.htaccess/.without/r,
                   without($files{$name})) if $name =~ /\.htaccess/;
    }
    return;
}

sub vhost {
    my ($name, $docs, $text) = @_;
    $text =~ s/DIR/$docs/g;
    return "<VirtualHost *>\nServerName $name\nDocumentRoot $docs\n"
        . "RewriteEngine On\n$text\n</VirtualHost>\n";
}

# Two servers alike, but for the module.
sub servers {
    my ($text) = @_;
    $text = "LogLevel warn log_debug:info cors:info\n<Directory $root>\n"
        . "AllowOverride All\n</Directory>\n$text";
    my @modules = qw(alias auth_basic authn_core authz_user dir log_debug
                     proxy proxy_http rewrite);
    return (private_httpd($text, modules => \@modules),
            private_httpd("AccessFileName .without\n"
                          . without($text =~ s/ cors:info//r),
                          modules => \@modules, cors => 0));
}

# The folders of the URLs, each with a policy that can be told from others.
my %age = map { $_->[2] => 0 } @urls;
@age{sort keys %age} = 1 .. keys %age;
for (keys %age) {
    write_files("$root/urls/$_", x => "x\n",
                '.htaccess' => $policy . "CorsMaxAge $age{$_}\n");
}

my $hosts = join '', map {
    vhost("slashes-\L$_", "$root/urls", "$https AllowEncodedSlashes $_\n")
} qw(Off On NoDecode);
for my $n (0 .. $#cases) {
    my ($name, $conf, %of) = @{ $cases[$n] };
    write_files("$root/$n", none => '', %{ $of{files} || in_p($policy) });
    $hosts .= vhost("case-$n", "$root/$n", $conf);
}

# What the hooks of a request are called for: once in the log for each.
my $count = join '', map { "LogMessage \"hook $_ %{IS_SUBREQ}\" hook=$_\n" }
    qw(translate_name map_to_storage);
$hosts .= vhost('redirected', "$root/0", "$https$count")
    . vhost('direct', "$root/0", $count)
    . vhost('logged', "$root/0", "CustomLog $root/access_log \"%m %U%q %>s "
            . '%{CORS_REQUEST}e %{CORS_VERDICT}e"' . "\n$https"
            . "RewriteRule ^/old/(.*) /p/\$1 [PT]\n");
my ($server, $control) = servers($hosts);

# A response without what changes from one to the next, and its CORS fields.
sub bare {
    my ($response) = @_;
    my $text = $response->{text} =~ s/^Date: .*\r\n//mr;
    return $text =~ s/^(?:Access-Control-\S*|Vary): .*\r\n//mgr;
}

sub ask {
    my ($to, $host, $method, $path, @fields) = @_;
    return request(method => $method, path => $path, port => $to->port,
                   host => $host, fields => [@fields]);
}

# The hooks that a request is run through.
sub hooks {
    my ($to, @ask) = @_;
    my $log = $to->root . '/error_log';
    my $before = -s $log;
    ask($to, @ask);
    open my $in, '<', $log or die "cannot read $log: $!";
    seek $in, $before, 0;
    return join ', ', map { /\] hook (\w+) (\w+)$/
        ? ($2 eq 'true' ? "sub $1" : $1) : () } <$in>;
}

# A request that is served as without the module, but for CORS fields.
sub is_like_control {
    my ($name, $wanted, @ask) = @_;
    my ($response, $other) = map { ask($_, @ask) } $server, $control;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    cors_is($response, $other->{status}, $wanted, $name);
    is(bare($response), bare($other), '... as without the module');
    return;
}

sub asks { return (Origin => $_[0], 'Access-Control-Request-Method' => 'PUT') }

my $plan = 4 * @urls;
$plan += 2 + 2 * @{ $_->{asks} } for map {
    +{ asks => $answered, @$_[2 .. $#$_] } } @cases;
plan tests => $plan + 22;

# 1. URLs.
for (@urls) {
    my ($what, $path, $folder, $slashes) = @$_;
    my $host = 'slashes-' . lc($slashes || 'Off');
    my $response = ask($server, $host, OPTIONS => $path, asks($app));
    cors_is($response, 204, { %granted, age => $age{$folder} },
            "P5: the URL of a preflight has $what");
    is(join('', CorsTest::values($response, 'Location'), $response->{body}),
       '', '... no redirect');
    my @ask = ($host, GET => $path, Origin => $app);
    is_like_control('P5: a GET', {}, @ask);
}

# 2. Virtual hosts.
for my $n (0 .. $#cases) {
    my ($what, undef, %of) = @{ $cases[$n] };
    my $path = $of{url} || '/p/x';
    for my $asks (@{ $of{asks} || $answered }) {
        my ($origin, $status, $wanted) = @$asks;
        my @ask = ("case-$n", OPTIONS => $path, asks($origin));
        if (!$status || $status == 301) {
            is_like_control("P5: preflight, $what", $wanted || {}, @ask);
            next;
        }
        my $response = ask($server, @ask);
        cors_is($response, $status, $wanted, "P5: preflight, $what: $status");
        is(join('', map { CorsTest::values($response, $_) }
                    qw(Location Set-Cookie)) . $response->{body},
           '', '... and no more');
    }
    my $known = $of{known} || '';
    is_like_control("P5: GET, $what", $known eq $app ? \%actual
                    : $known ? { vary => 'Origin' } : {},
                    "case-$n", GET => $path, Origin => $app);
}

# 3. What requests cost in hooks: those of their own, and those of a look-up,
# of which each begins with "sub".
my @direct = qw(translate_name map_to_storage);
my @looked_up = ('translate_name', map { "sub $_" } @direct);
for my $case (
    ['GET that is redirected', 'GET', 'redirected', [Origin => $app],
     'translate_name'],
    ['GET', 'GET', 'direct', [Origin => $app], @direct],
    ['POST that is redirected', 'POST', 'redirected',
     [Origin => $app, 'Content-Length' => 0], 'translate_name'],
    ['OPTIONS that is redirected', 'OPTIONS', 'redirected', [Origin => $app],
     'translate_name'],
    ['OPTIONS', 'OPTIONS', 'direct', [Origin => $app], @direct],
    ['preflight', 'OPTIONS', 'direct', [asks($app)], @direct],
    ['preflight that would be redirected', 'OPTIONS', 'redirected',
     [asks($app)], @looked_up],
) {
    my ($what, $method, $host, $fields, @wanted) = @$case;
    my ($got, $other) = map { hooks($_, $host, $method, '/p/x', @$fields) }
        $server, $control;
    is($got, join(', ', @wanted), "P5: hooks of a $what");
    is($other, join(', ', grep { !/^sub/ } @wanted), '... without the module');
}

# 4. Logs, connections, and methods that CORS leaves alone.
my ($errors, $accesses) = ($server->root =~ s{.*/}{}r . '/error_log',
                           "lookup-$$/access_log");
my %mark = map { $_ => log_mark($_) } $errors, $accesses;
for my $origin ($app, $web) {
    ask($server, 'logged', OPTIONS => '/old/x?y', asks($origin));
}
is(log_since($accesses, $mark{$accesses}, qr/\n.*\n/),
   "OPTIONS /old/x?y 204 preflight granted\n"
   . "OPTIONS /old/x?y 403 preflight refused\n",
   'P5: the access log has the request and its verdict');
like(log_since($errors, $mark{$errors}),
     qr{\A.*CORS preflight refused: origin-not-allowed.* url="/old/x\?y".*\n\z},
     'P5: the error log has the refusal, once');

my $body = "GET /p/stolen HTTP/1.1\r\nHost: x\r\n\r\n";
my $answer = exchange(join("\r\n", 'OPTIONS /p/x HTTP/1.1', 'Host: case-0',
    "Origin: $app", 'Access-Control-Request-Method: PUT',
    'Content-Length: ' . length $body, '', $body . 'GET /p/x HTTP/1.1',
    'Host: case-0', 'Connection: close', '', ''), $server->port);
my $first = CorsTest::parse($answer);
cors_is($first, 204, \%granted, 'P5: a preflight with a body, on a connection');
is(bare(CorsTest::parse($first->{body})),
   bare(ask($control, 'case-0', GET => '/p/x')), '... and what comes after it');
is_like_control("P5: $$_[0] $$_[1]", {}, 'case-0', @$_, asks($app))
    for ['TRACE', '/p/x'], ['OPTIONS', '*'];
