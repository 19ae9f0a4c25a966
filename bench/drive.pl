#!/usr/bin/perl
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# The client of the scripts that count and time: starts a server, sends it
# requests on one keep-alive connection, each when the response to the one
# before is there, and stops it.
#
#   drive.pl REQUEST COUNT SERVER[:POLICY[/FOLDER]],... COMMAND...
#
# REQUEST is get or options, allowed or refused (a GET with an Origin),
# preflight, or bad-preflight, which is refused; commas, letters, name and
# listed are preflights that ask for 8 KB of headers, which are refused as well.
# SERVER says what has to answer: bare, cors, recipe, or 204 for
# "RedirectMatch 204"; and POLICY under which policy (see common.sh).  Where
# there are more, requests go to each folder by turns, COUNT to each, in an
# order that changes: what a request costs depends on the one before.
#
# COMMAND is what starts the server, in the foreground; PORT in it is replaced
# by a port that is free.  Dies at the first response that is not what has to
# be answered: in its status, the length of its body, Vary and the fields for
# CORS.
#
# Prints for each SERVER the nanoseconds that a response takes: the median,
# from sending a request to the first bytes that come back.

use strict;
use warnings;
use IO::Socket::INET;
use List::Util qw(shuffle);
use POSIX qw(WNOHANG);
use Time::HiRes qw(CLOCK_MONOTONIC clock_gettime sleep time);

my $PATIENCE = 60;
my $ORIGIN = 'https://app.example.com';
my $STRANGER = 'https://app.example.org';

my $METHOD = 'Access-Control-Request-Method: PUT';
my $HEADERS = 'Access-Control-Request-Headers';
my @PREFLIGHT = ($METHOD, "$HEADERS: authorization,content-type");
my %request = (
    'get'           => ['GET'],
    'options'       => ['OPTIONS'],
    'allowed'       => ['GET', "Origin: $ORIGIN"],
    'refused'       => ['GET', "Origin: $STRANGER"],
    'preflight'     => ['OPTIONS', "Origin: $ORIGIN", @PREFLIGHT],
    'bad-preflight' => ['OPTIONS', "Origin: $STRANGER", @PREFLIGHT],
    map { $_->[0] => ['OPTIONS', "Origin: $ORIGIN", $METHOD,
                      "$HEADERS: " . substr $_->[1] x 8000, 0, 8000] }
        ['commas', ','], ['letters', 'a,'], ['name', 'a'],
        ['listed', 'authorization,'],
);

my ($kind, $count, $answers, @command) = @ARGV;
my @targets = map { target($_) } split /,/, $answers;

# Stops the server, too, when this dies.
my ($pid, $socket);
$SIG{$_} = sub { die "interrupted\n" } for qw(HUP INT TERM);
$SIG{ALRM} = sub { die "$answers, $kind: no answer\n" };
END { stop() if $pid }

my $port = free_port();
$pid = start(map { s/\bPORT\b/$port/r } @command);
$socket = connect_when_up();
my $input = '';
alarm $PATIENCE;
for my $n (1 .. $count) {
    push @{$_->{times}}, ask($_, $n) for shuffle @targets;
}
# Until the server, too, is done with the connection.
shutdown($socket, 1);
1 while sysread($socket, $input, 4096);
alarm 0;
sleep 0.1;
stop();
printf "%s %.0f\n", $_->{name}, 1e9 * median(@{$_->{times}}) for @targets;

# What to send, and what has to come back.
sub target {
    my ($name) = @_;
    my ($server, $policy, $folder) = $name =~ m{^(\w+)(?::(\w+))?(/[\w-]+)?$}
        or die "$name: not SERVER:POLICY/FOLDER\n";
    my ($method, @fields) = @{$request{$kind}};
    my $text = join("\r\n", "$method @{[$folder // '']}/file.txt HTTP/1.1",
                    'Host: localhost', 'User-Agent: bench', 'Accept: */*',
                    @fields, '', '');
    my $status = status($server, $policy // '');
    return {name => $name, text => $text, status => $status,
            length => $method eq 'GET' ? 1024 : 0,
            fields => $server eq 'cors' ? cors_fields($policy)
                      : $server eq 'recipe' ? recipe_fields($policy) : {}};
}

sub is_hostile { return $kind =~ /^(?:commas|letters|name|listed)$/ }
sub is_preflight { return $kind =~ /preflight/ || is_hostile() }
sub has_origin { return $kind !~ /^(?:get|options)$/ }

# Whether the request's origin is one that is refused.
sub is_refused {
    my ($policy) = @_;
    return $policy ne 'any' && $kind =~ /^(?:refused|bad-preflight)$/
        || is_hostile();
}

sub status {
    my ($server, $policy) = @_;
    return 200 if $request{$kind}[0] eq 'GET' || $server eq 'bare'
        || $server eq 'cors' && !is_preflight();
    return $server eq 'cors' && is_refused($policy) ? 403 : 204;
}

# What every answer to an allowed origin has.
sub granted {
    my ($policy) = @_;
    my %field = ('allow-origin' => $policy eq 'any' ? '*' : $ORIGIN);
    $field{'allow-credentials'} = 'true'
        if $policy =~ /^(?:credentials|expose|expanded)$/;
    return %field;
}

sub lists {
    return ('allow-methods' => 'GET, HEAD, POST, PUT, PATCH, DELETE',
            'allow-headers' => 'Authorization, Content-Type, X-Requested-With',
            'max-age' => '600');
}

sub named {
    my (%field) = @_;
    return {map { ($_ eq 'vary' ? $_ : "access-control-$_" => $field{$_}) }
            keys %field};
}

sub cors_fields {
    my ($policy) = @_;
    my @vary = $policy eq 'any' ? () : 'Origin';
    push @vary, 'Access-Control-Request-Method',
        'Access-Control-Request-Headers' if is_preflight();
    my %field = @vary ? (vary => join ',', @vary) : ();
    return named(%field)
        if is_refused($policy) || !has_origin() && $policy ne 'any';
    %field = (%field, granted($policy));
    if (is_preflight()) {
        %field = (%field, lists());
        $field{'allow-methods'} = 'PUT, PATCH, DELETE';
    }
    elsif ($policy eq 'expose') {
        $field{'expose-headers'} = 'ETag, Link, X-Request-Id';
    }
    elsif ($policy eq 'expanded') {
        $field{'expose-headers'} = 'ETag, Accept-Ranges, Vary, Date, Server';
    }
    return named(%field);
}

# The recipe knows an origin that is listed; all else is the same to it.
sub recipe_fields {
    my ($policy) = @_;
    my %field = $policy eq 'any' ? () : (vary => 'Origin');
    # The 20 lines of htaccess.sh ask for this, too.
    $field{vary} .= ',Access-Control-Request-Private-Network'
        if $policy eq 'lines';
    return named(%field)
        if is_refused($policy) || !has_origin() && $policy ne 'any';
    $field{'expose-headers'} = 'ETag, Link, X-Request-Id'
        if $policy eq 'expose';
    return named(%field, granted($policy), lists());
}

# Returns the seconds that the server takes: what is done here with the response
# does not count.
sub ask {
    my ($target, $n) = @_;
    my $text = $target->{text};
    my $start = clock_gettime(CLOCK_MONOTONIC);
    syswrite($socket, $text) == length($text) or die "write: $!\n";
    more();
    my $time = clock_gettime(CLOCK_MONOTONIC) - $start;
    check($target, $n, read_response());
    return $time;
}

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[$#sorted / 2];
}

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no free port: $@\n";
    return $socket->sockport;
}

sub start {
    my @command = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        exec @command or POSIX::_exit(127);
    }
    return $pid;
}

# A signal that comes just before httpd waits for a connection, or for a request
# on one, is noted and not acted upon: so again until it is gone.
sub stop {
    alarm 0;
    close $socket if $socket;
    my $end = time + $PATIENCE;
    my $exit = $?;
    my $stopping = $pid;
    $pid = undef;
    while (time < $end) {
        kill 'TERM', $stopping;
        for (1 .. 20) {
            if (waitpid($stopping, WNOHANG)) {
                $? = $exit;
                return;
            }
            sleep 0.05;
        }
    }
    kill 'KILL', $stopping;
    waitpid($stopping, 0);
    die "the server did not stop\n";
}

# The first connection that succeeds is the one that is used: one that only
# tries would be counted.
sub connect_when_up {
    my $end = time + $PATIENCE;
    while (time < $end) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                           PeerPort => $port);
        return $socket if $socket;
        if (waitpid($pid, WNOHANG)) {
            $pid = undef;
            die "the server has not started\n";
        }
        sleep 0.05;
    }
    die "no server on port $port\n";
}

sub more {
    sysread($socket, $input, 65536, length $input)
        or die "the server has closed the connection\n";
}

sub read_response {
    more() until $input =~ s/\A(.*?)\r\n\r\n//s;
    my ($line, @lines) = split /\r\n/, $1;
    my %field;
    for (@lines) {
        my ($name, $value) = /^([^:]+):\s*(.*)$/ or die "no field: $_\n";
        push @{$field{lc $name}}, $value;
    }
    my ($status) = $line =~ m{^HTTP/1\.1 (\d{3}) } or die "no status: $line\n";
    my $length = $field{'content-length'} ? $field{'content-length'}[0] : 0;
    more() while length $input < $length;
    return ($status, substr($input, 0, $length, ''), \%field);
}

sub check {
    my ($target, $n, $got_status, $body, $got) = @_;
    my ($status, $length, $fields) = @$target{qw(status length fields)};
    my @wrong;
    push @wrong, "status $got_status instead of $status"
        if $got_status != $status;
    push @wrong, "a body of @{[length $body]} bytes instead of $length"
        if length $body != $length;
    for my $name (sort grep { /^(?:vary|access-control-.*)$/ }
                  keys %{{%$fields, %$got}}) {
        my $want = $fields->{$name} // 'nothing';
        my $have = join ' | ', @{$got->{$name} // ['nothing']};
        push @wrong, "$name: $have instead of $want" if $have ne $want;
    }
    die "$target->{name}, $kind, response $n: @{[join '; ', @wrong]}\n"
        if @wrong;
}
