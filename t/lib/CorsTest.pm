package CorsTest;

# What the tests share: exchanges over a raw socket, and assertions on exact
# header fields and their number.

use strict;
use warnings;

use Exporter qw(import);
use File::Path ();
use IO::Socket::INET ();
use Apache::Test qw(-withtestmore);
use Apache::TestConfig ();

our @EXPORT = qw(exchange request get preflight values cors_is cors_none
                 vars log_mark log_since config_test private_httpd);
our @EXPORT_OK = qw(write_file);

# Every field that belongs to the protocol, and Vary: what cors_is() compares.
my %short = (
    origin      => 'Access-Control-Allow-Origin',
    credentials => 'Access-Control-Allow-Credentials',
    expose      => 'Access-Control-Expose-Headers',
    methods     => 'Access-Control-Allow-Methods',
    headers     => 'Access-Control-Allow-Headers',
    age         => 'Access-Control-Max-Age',
    private     => 'Access-Control-Allow-Private-Network',
    timing      => 'Timing-Allow-Origin',
    vary        => 'Vary',
    debug       => 'CORS-Debug',
);

# Apache::Test reads its configuration into $_ when it is asked first.
sub vars { local $_; return Apache::Test::vars(@_) }

# The port of a virtual host of t/conf/extra.conf.in, or of the main server.
sub port_of {
    my ($vhost) = @_;
    local $_;
    my $config = Apache::Test::config();
    return $config->{vars}{port} unless $vhost;
    return $config->{vhosts}{$vhost}{port} || die "no virtual host $vhost";
}

# Send text, byte by byte as it is, and read responses until the server closes
# the connection.  Returns all that came.
sub exchange {
    my ($text, $port) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port || port_of(),
                                       Timeout  => 10)
        or die "cannot connect: $@";
    my $answer = '';
    local $SIG{PIPE} = 'IGNORE';
    local $SIG{ALRM} = sub { die "no answer within 30 seconds\n" };
    alarm 30;
    print $socket $text;
    $socket->flush;
    while (sysread($socket, my $part, 65536)) {
        $answer .= $part;
    }
    alarm 0;
    close $socket;
    return $answer;
}

# Take an answer apart: status, fields as [name, value] in order, body.
sub parse {
    my ($answer) = @_;
    my ($head, $body) = split /\r\n\r\n/, $answer, 2;
    my ($line, @lines) = split /\r\n/, $head // '';
    my ($status) = ($line // '') =~ m{^HTTP/1\.[01] (\d{3})};
    return {
        status => $status || 0,
        fields => [map { [split /:[ ]?/, $_, 2] } @lines],
        body   => $body // '',
        text   => $answer,
    };
}

# A request.  Options: method, path, host, vhost, version, port; fields is a
# list of names and values, sent in this order, as they are.
sub request {
    my (%of) = @_;
    my @fields = @{ $of{fields} || [] };
    my $version = $of{version} || '1.1';
    my $text = sprintf "%s %s HTTP/%s\r\n", $of{method} || 'GET', $of{path},
        $version;
    $text .= 'Host: ' . ($of{host} || 'localhost') . "\r\n";
    $text .= "Connection: close\r\n";
    while (my ($name, $value) = splice @fields, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    $text .= "\r\n" . ($of{body} // '');
    return parse(exchange($text, $of{port} || port_of($of{vhost})));
}

# A GET, with an Origin unless that is undef.
sub get {
    my ($path, $origin, %of) = @_;
    return request(%of, path => $path, fields => [
        (defined $origin ? (Origin => $origin) : ()), @{ $of{fields} || [] }]);
}

# A preflight for a method and, unless undef, the names of headers.
sub preflight {
    my ($path, $origin, $method, $headers, %of) = @_;
    return request(%of, method => 'OPTIONS', path => $path, fields => [
        Origin => $origin, 'Access-Control-Request-Method' => $method,
        (defined $headers ? ('Access-Control-Request-Headers' => $headers)
                          : ()),
        @{ $of{fields} || [] }]);
}

# The values of a field, one for each time it was sent.
sub values {
    my ($response, $name) = @_;
    return map { $_->[1] } grep { lc $_->[0] eq lc $name }
        @{ $response->{fields} };
}

# Assert the status, and of all fields of the protocol and Vary exactly those
# that are named, once each, with exactly these values.  A value of undef is
# the same as a name left out; a list is for one that is sent more than once.
sub cors_is {
    my ($response, $status, $wanted, $name) = @_;
    my (@got, @want);
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    die "no such field: $_" for grep { !$short{$_} } keys %$wanted;
    for my $key (sort keys %short) {
        push @got, "$short{$key}: $_" for CorsTest::values($response,
                                                           $short{$key});
        my $value = $wanted->{$key};
        push @want, map { "$short{$key}: $_" } ref $value ? @$value : $value
            if defined $value;
    }
    my %known = map { lc $_ => 1 } CORE::values %short;
    push @got, map { "$_->[0]: $_->[1]" }
        grep { $_->[0] =~ /^(?:Access-Control|CORS)-/i && !$known{lc $_->[0]} }
        @{ $response->{fields} };
    return is(join("\n", "status $response->{status}", @got),
              join("\n", "status $status", @want), $name);
}

# Assert the status, and that nothing of CORS is in the response but what Vary
# says, if anything.
sub cors_none {
    my ($response, $status, $vary, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return cors_is($response, $status, { vary => $vary }, $name);
}

# What a log of the server has gained since log_mark().
sub log_path { return vars('t_logs') . '/' . $_[0] }

sub log_mark {
    my ($log) = @_;
    return -s log_path($log) || 0;
}

# httpd writes the access log after the response; give it the time.
sub log_since {
    my ($log, $mark, $pattern) = @_;
    my $text = '';
    for (1 .. 50) {
        open my $in, '<', log_path($log) or die "cannot read $log: $!";
        seek $in, $mark, 0;
        $text = do { local $/; <$in> } // '';
        last if !$pattern || $text =~ $pattern;
        select undef, undef, undef, 0.1;
    }
    return $text;
}

# Write a file for a server, and the folders above it.
sub write_file {
    my ($file, $text) = @_;
    File::Path::make_path($file =~ s{/[^/]*\z}{}r);
    open my $out, '>', $file or die "cannot write $file: $!";
    print $out $text;
    close $out;
    chmod 0755, $file if $file =~ /\.cgi\z/;
    return;
}

# Modules of httpd's own, loaded in this order.
sub load_modules {
    my (@names) = @_;
    return join '', map {
        "LoadModule ${_}_module $ENV{CORS_MODULES}/mod_$_.so\n"
    } @names;
}

my $private = 0;

# Write a configuration of a server of its own.  Options: modules, those it
# loads besides the MPM, authz_core and cors; mpm, default event; cors, 0 to
# leave that out; port, 0 for one that only has its syntax checked.
sub write_config {
    my ($text, %of) = @_;
    my $mpm = $of{mpm} || 'event';
    my $root = vars('t_logs') . '/private-' . $$ . '-' . ++$private;
    mkdir $root or die "cannot make $root: $!";
    open my $out, '>', "$root/httpd.conf" or die "cannot write: $!";
    print $out "ServerRoot $root\nServerName localhost\n",
        'Listen 127.0.0.1:', $of{port} || 1, "\n",
        load_modules("mpm_$mpm", 'authz_core', @{ $of{modules} || [] }),
        $of{cors} // 1 ? "LoadModule cors_module $ENV{CORS_MODULE}\n" : '',
        "PidFile $root/httpd.pid\nErrorLog $root/error_log\n",
        "StartServers 1\nMaxRequestWorkers 8\n",
        $mpm eq 'prefork' ? '' : "ThreadsPerChild 8\nServerLimit 1\n",
        'DocumentRoot ', vars('t_dir'), "/htdocs\n", $text;
    close $out;
    return $root;
}

# Whether httpd starts with a configuration: returns the exit status of
# httpd -t, what it printed, and the number of the line on which text began.
# Options: those of write_config(), and options, more arguments of httpd.
sub config_test {
    my ($text, %of) = @_;
    my $root = write_config($text, %of);
    open my $in, '<', "$root/httpd.conf" or die $!;
    my $first = (() = <$in>) - (() = $text =~ /\n/g) + 1;
    close $in;
    my @options = @{ $of{options} || [] };
    my $output = `$ENV{CORS_HTTPD} -t @options -f $root/httpd.conf 2>&1`;
    return ($? >> 8, $output, $first);
}

# Start a server of its own on a free port.  Returns an object with port,
# root and stop(); it stops by itself when it goes out of scope.
sub private_httpd {
    my ($text, %of) = @_;
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no port: $@";
    my $port = $socket->sockport;
    close $socket;
    my $root = write_config($text, %of, port => $port);
    my $self = bless { port => $port, root => $root }, 'CorsTest::Server';
    system($ENV{CORS_HTTPD}, '-f', "$root/httpd.conf") == 0
        or die "httpd does not start with $root/httpd.conf: "
            . `tail -n 5 $root/error_log`;
    for (1 .. 300) {
        return $self if -s "$root/httpd.pid"
            && IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                     PeerPort => $port);
        select undef, undef, undef, 0.1;
    }
    die "httpd does not answer on port $port";
}

package CorsTest::Server;

sub port { return $_[0]{port} }
sub root { return $_[0]{root} }

sub stop {
    my ($self) = @_;
    my $file = "$self->{root}/httpd.pid";
    open my $in, '<', $file or return;
    my ($pid) = <$in> =~ /(\d+)/;
    kill TERM => $pid;
    for (1 .. 100) {
        last unless -e $file;
        select undef, undef, undef, 0.1;
    }
    return;
}

sub DESTROY { $_[0]->stop; return }

1;
