# Under prefork, worker and event: the same answers over HTTP/1.0 and 1.1, on
# connections of their own and on kept ones, from children that serve one
# connection each, and on both sides of a graceful restart.

use strict;
use warnings;

use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use CorsTest;

my $app = 'https://app.example';
my $next = 'https://next.example';
my %named = (origin => $app, vary => 'Origin');
my %none = (vary => 'Origin');
my %asked = (vary => 'Origin,Access-Control-Request-Method,'
                     . 'Access-Control-Request-Headers');
my %granted = (%asked, origin => $app, methods => 'PUT');
my @put = ('Access-Control-Request-Method' => 'PUT');

# A rule, method, path, fields, the status, and the fields of CORS.
my @exchanges = (
    ['a preflight granted', 'OPTIONS', 'list', [Origin => $app, @put], 204,
     \%granted],
    ['granted', 'GET', 'list', [Origin => $app], 200, \%named],
    ['a preflight refused', 'OPTIONS', 'list', [Origin => $next, @put], 403,
     \%asked],
    ['refused', 'GET', 'list', [Origin => $next], 200, \%none],
    ['no Origin', 'GET', 'list', [], 200, \%none],
    ['an error', 'GET', 'list/missing', [Origin => $app], 404, \%named],
    ['any origin', 'GET', 'any', [], 200, { origin => '*' }],
    ['no policy', 'GET', 'other', [Origin => $app], 200, {}],
    ['a preflight with a body', 'OPTIONS', 'list',
     [Origin => $app, @put, 'Content-Length' => 4], 204, \%granted, 'body'],
);
my @versions = qw(1.0 1.1);
my @mpms = qw(prefork worker event);

# A backend that answers when it is told to.
my $backend = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
    or die "no port: $@";

my $page = vars('t_dir') . '/htdocs/plain/index.html';
my $config = <<"CONF";
AliasMatch ^/(list|any|other)\$ $page
ProxyPass /slow http://127.0.0.1:@{[$backend->sockport]}/
Header always set X-Generation 1
<LocationMatch ^/(list|slow)>
    CorsAllowOrigin $app
    CorsAllowMethods PUT
</LocationMatch>
<Location /any>
    CorsAllowOrigin *
</Location>
CONF
# Room for the children of before and after a restart.
my $threads = <<'CONF';
ThreadsPerChild 4
MinSpareThreads 4
MaxSpareThreads 16
ServerLimit 4
CONF
my @modules = qw(alias headers proxy proxy_http);

plan tests => @mpms * (@versions * (4 * @exchanges + 1) + 16) + 2;

# A request as it is sent, to be the last of its connection or not.
sub as_sent {
    my ($exchange, $version, $is_last) = @_;
    my (undef, $method, $path, $fields, undef, undef, $body) = @$exchange;
    my @fields = (Host => 'localhost',
                  Connection => $is_last ? 'close' : 'keep-alive', @$fields);
    my $text = "$method /$path HTTP/$version\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    return "$text\r\n" . ($body // '');
}

# Send these on one connection; assert what comes.
sub are_answered {
    my ($name, $server, $version, @these) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $last = pop @these;
    my $text = exchange(
        join('', map({ as_sent($_, $version) } @these),
             as_sent($last, $version, 1)), $server->port);
    my @answers = split m{(?=HTTP/1\.1 \d{3} )}, $text;
    is(@answers, @these + 1, "$name: an answer for each");
    for (@these, $last) {
        my ($rule, undef, undef, undef, $status, $wanted) = @$_;
        cors_is(CorsTest::parse(shift(@answers) // ''), $status, $wanted,
                "... $rule");
    }
    return;
}

# Whether no child died but in its time.
sub is_sane {
    my ($name, $server) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    open my $in, '<', $server->root . '/error_log' or die $!;
    return is(join('', grep { /exit signal|Assertion|Sanitizer/ } <$in>), '',
              "$name: no child died");
}

# Put the next policy into the configuration, and restart.
sub restart {
    my ($server) = @_;
    my $file = $server->root . '/httpd.conf';
    open my $in, '<', $file or die $!;
    my $text = do { local $/; <$in> };
    $text =~ s/\Q$app\E/$next/g;
    $text =~ s/X-Generation 1/X-Generation 2/;
    open my $out, '>', $file or die $!;
    print $out $text;
    close $out or die $!;
    return kill USR1 => pid_of($server);
}

sub pid_of {
    my ($server) = @_;
    open my $in, '<', $server->root . '/httpd.pid' or die $!;
    my ($pid) = <$in> =~ /(\d+)/;
    return $pid;
}

# By how many KB the memory of the parent grows with these restarts, after some
# that bring it to its size.
sub growth {
    my ($server, $n) = @_;
    my $pid = pid_of($server);
    my @sizes;
    for my $done (1 .. $n + 5) {
        kill USR1 => $pid;
        log_has($server, qr/ resuming normal operations/, $done + 1);
        open my $in, '<', "/proc/$pid/status" or die "no parent: $!";
        push @sizes, map { /^VmRSS:\s+(\d+)/ ? $1 : () } <$in>;
    }
    return $sizes[-1] - $sizes[4];
}

# Wait until the log has as many lines of a kind.
sub log_has {
    my ($server, $pattern, $n) = @_;
    for (1 .. 300) {
        open my $in, '<', $server->root . '/error_log' or die $!;
        return if (grep { $_ =~ $pattern } <$in>) >= $n;
        select undef, undef, undef, 0.1;
    }
    die "not $n lines of $pattern within 30 seconds\n";
}

# What a response tells: the generation that it is of, and its fields of CORS.
sub told {
    my ($response) = @_;
    return map { join '|', CorsTest::values($response, $_) }
        qw(X-Generation Access-Control-Allow-Origin Vary);
}

# Ask until a child of after the restart answers.  Returns what is wrong.
sub ask_during_restart {
    my ($server) = @_;
    my %allowed = (1 => $app, 2 => $next);
    my $wrong = '';
    for (1 .. 200) {
        my $generation;
        for my $origin ($app, $next) {
            ($generation, my @fields) =
                told(get('/list', $origin, port => $server->port));
            my $allowed = $allowed{$generation} // 'none';
            $wrong .= "$generation, $origin: @fields\n" if "@fields" ne
                join ' ', $allowed eq $origin ? $origin : '', 'Origin';
        }
        return $wrong if $generation eq 2;
        select undef, undef, undef, 0.1;
    }
    return "${wrong}no new children";
}

for my $mpm (@mpms) {
    my @of = (mpm => $mpm, modules => \@modules);
    my $more = $mpm eq 'prefork' ? '' : $threads;
    my $server = private_httpd("$config$more", @of);
    for my $version (@versions) {
        are_answered("$mpm, HTTP/$version", $server, $version, $_)
            for @exchanges;
        are_answered("$mpm, HTTP/$version, a kept connection", $server,
                     $version, @exchanges, reverse @exchanges);
    }

    # A request that waits for its backend during a restart.
    my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $server->port) or die $@;
    print $client as_sent(['', 'GET', 'slow', [Origin => $app]], '1.1', 1);
    $client->flush;
    local $SIG{ALRM} = sub { die "$mpm: nothing within 60 seconds\n" };
    alarm 60;
    my $handler = $backend->accept or die "no request: $!";
    ok(restart($server), "$mpm: a graceful restart");
    is(ask_during_restart($server), '',
       '... old children have the old policy, new ones the new');
    print $handler "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbackend\n";
    close $handler;
    my $response = CorsTest::parse(do { local $/; <$client> });
    alarm 0;
    cors_is($response, 200, \%named,
            '... a request from before is answered, with the old policy');
    is($response->{body}, "backend\n", '... as a whole');
    is_sane($mpm, $server);

    my $short = private_httpd($config . $more . <<'CONF', @of);
StartServers 4
MaxConnectionsPerChild 1
CONF
    are_answered("$mpm, MaxConnectionsPerChild 1", $short, '1.1', $_)
        for @exchanges[0 .. 4];
    is_sane("$mpm, MaxConnectionsPerChild 1", $short);
}

# What the module has of a configuration goes with it.  A sanitizer keeps what
# is freed for a while.
{
    my $kept = `nm -D $ENV{CORS_MODULE}` =~ /__asan_/ ? 16384 : 0;
    my ($without, $with) = map { growth(private_httpd($_->[1],
        cors => $_->[0], modules => \@modules), 20) }
        [0, "LogLevel notice\n"], [1, "LogLevel notice\n$config"];
    cmp_ok($with, '<', $without + 1024 + $kept,
           "restarts keep no memory: $with KB, without the module $without");
    my $entries = join '', map {
        "<Location /$_>\nCorsAllowOrigin https://$_.example\n</Location>\n"
    } 1 .. 2000;
    my $large = growth(private_httpd("LogLevel notice\n$entries"), 20);
    cmp_ok($large, '<', $without + 2048 + $kept,
           "... of many sections: $large KB");
}
