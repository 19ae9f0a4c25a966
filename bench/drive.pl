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

# The client of server.sh: starts a server, sends it requests on one keep-alive
# connection, each when the response to the one before is there, and stops it.
#
#   drive.pl get|origin|preflight COUNT ANSWERS[/FOLDER],... COMMAND...
#
# ANSWERS says what has to answer, bare, cors or headers; where there are more,
# requests go to each folder by turns, COUNT to each, in an order that changes:
# what a request costs depends on the one before.
#
# COMMAND is what starts the server, in the foreground; PORT in it is replaced
# by a port that is free.  Dies at the first response that is not what has to
# be answered.
#
# Prints for each of ANSWERS the nanoseconds that a response takes: the median,
# from sending a request to the first bytes that come back.

use strict;
use warnings;
use IO::Socket::INET;
use List::Util qw(shuffle);
use POSIX qw(WNOHANG);
use Time::HiRes qw(CLOCK_MONOTONIC clock_gettime sleep time);

my $PATIENCE = 60;
my $ORIGIN = 'https://app.example.com';

my %request = (
    get       => ['GET'],
    origin    => ['GET', "Origin: $ORIGIN"],
    preflight => ['OPTIONS', "Origin: $ORIGIN",
                  'Access-Control-Request-Method: PUT',
                  'Access-Control-Request-Headers: authorization,content-type'],
);

# What a response has to have: status, body length, and fields; undef stands
# for a field that must not be there.
my %none = map { ("access-control-allow-$_" => undef) }
    qw(origin credentials methods headers);
my %granted = (
    'vary'                             => qr/^Origin\b/,
    'access-control-allow-origin'      => qr/^\Q$ORIGIN\E$/,
    'access-control-allow-credentials' => qr/^true$/,
);
my %preflight = (
    'access-control-allow-methods' => qr/\bPUT, PATCH, DELETE$/,
    'access-control-allow-headers' =>
        qr/^Authorization, Content-Type, X-Requested-With$/,
    'access-control-max-age'       => qr/^600$/,
);
my %expected = (
    bare => {
        get       => [200, 1024, {%none, vary => undef}],
        origin    => [200, 1024, {%none, vary => undef}],
        preflight => [200, 0, {%none, vary => undef, allow => qr/GET/}],
    },
    cors => {
        get       => [200, 1024, {%none, vary => qr/^Origin$/}],
        origin    => [200, 1024, \%granted],
        preflight => [204, 0, {%granted, %preflight}],
    },
    headers => {
        get       => [200, 1024, {%none, vary => qr/^Origin\b/,
                                  'x-content-type-options' => qr/^nosniff$/}],
    },
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
    my ($server, $folder) = $name =~ m{^(\w+)(/\w+)?$};
    my ($method, @fields) = @{$request{$kind}};
    my $text = join("\r\n", "$method @{[$folder // '']}/file.txt HTTP/1.1",
                    'Host: localhost', 'User-Agent: bench', 'Accept: */*',
                    @fields, '', '');
    my ($status, $length, $fields) = @{$expected{$server}{$kind}};
    return {name => $name, text => $text, status => $status,
            length => $length, fields => $fields};
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
    for my $name (sort keys %$fields) {
        my $want = $fields->{$name};
        my @values = @{$got->{$name} || []};
        if (!defined $want) {
            push @wrong, "$name: $values[0], which should not be there"
                if @values;
        }
        elsif (@values != 1 || $values[0] !~ $want) {
            push @wrong, "$name: " . (join(' | ', @values) || 'missing');
        }
    }
    die "$target->{name}, $kind, response $n: @{[join '; ', @wrong]}\n"
        if @wrong;
}
