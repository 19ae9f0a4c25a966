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

# The client of requests.sh: starts servers, and has wrk (HTTP/1.1) and h2load
# (h2c) ask them by turns.
#
#   load.pl ROUNDS CPU_OF_SERVERS CPU_OF_CLIENT < SERVERS
#
# A line of SERVERS is NAME PORT PORT_H2 COMMAND...: the server's name, where it
# listens, and what starts it in the foreground.  "bare" has no CORS, "204"
# answers preflights alone, and the others have the policy of requests.sh.
#
# Dies at an answer that is wrong.  Prints for each run a line of ROUND PROTOCOL
# REQUEST NAME, the requests a second, and the requests a second of processor
# time that the server's processes took.  A round before the others is not
# counted: Node compiles what is asked for often.  In each round httpd's servers
# have further turns of HTTP/1.1, as their differences are small.

use strict;
use warnings;
use IO::Socket::INET;
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);

my $PATIENCE = 20;
my $ORIGIN = 'https://app.example.com';
my $METHOD = 'Access-Control-Request-Method: PUT';
my $HEADERS = 'Access-Control-Request-Headers: authorization,content-type';
my %fields = (
    get       => [],
    allowed   => ["Origin: $ORIGIN"],
    preflight => ["Origin: $ORIGIN", $METHOD, $HEADERS],
);

my %is_close = map { $_ => 1 } qw(bare 204 recipe cors);
my $TURNS = 3;

my ($rounds, $server_cpu, $client_cpu) = @ARGV;
my @servers = map { server($_) } <STDIN>;

$SIG{$_} = sub { die "interrupted\n" } for qw(HUP INT TERM);
END { stop() }

# What wrk needs for a method of its own.
my $script = "$ENV{BENCH_FOLDER}/options.lua";
open my $out, '>', $script or die "$script: $!\n";
print $out "wrk.method = 'OPTIONS'\n";
close $out;

$_->{pid} = start('taskset', '-c', $server_cpu, @{$_->{command}})
    for @servers;
wait_for($_) for @servers;
for my $protocol ('h1', 'h2') {
    for my $request (sort keys %fields) {
        check($_, $protocol, $request) for asked($request);
    }
}
$| = 1;
for my $round (0 .. $rounds) {
    for my $turn (1 .. ($round ? $TURNS : 1)) {
        for my $protocol ('h1', 'h2') {
            run("$round.$turn", $protocol, $_) for sort keys %fields;
        }
    }
}

# Each server once; again those that are close to each other.
sub run {
    my ($round, $protocol, $request) = @_;
    my $is_again = $round !~ /\.1$/;
    return if $is_again && $protocol eq 'h2';
    for my $server (asked($request)) {
        next if $is_again && !$is_close{$server->{name}};
        my @rates = measure($server, $protocol, $request);
        printf "%s %s %s %s %.0f %.0f\n", $round, $protocol, $request,
            $server->{name}, @rates if $round !~ /^0/;
    }
}

sub server {
    my ($name, $h1, $h2, @command) = split ' ', $_[0];
    return {name => $name, h1 => $h1, h2 => $h2, command => \@command};
}

# The servers that are asked this.
sub asked {
    my ($request) = @_;
    return grep { $_->{name} ne '204' || $request eq 'preflight' } @servers;
}

sub url {
    my ($server, $protocol) = @_;
    return "http://127.0.0.1:$server->{$protocol}/file.txt";
}

# In a group of its own, for what it starts.
sub start {
    my @command = @_;
    my $pid = fork // die "fork: $!\n";
    if (!$pid) {
        setpgrp;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>&', \*STDERR;
        exec @command or POSIX::_exit(127);
    }
    return $pid;
}

# Each by its own group, and by force if it does not go.
sub stop {
    my $exit = $?;
    my @running = grep { $_->{pid} } @servers;
    kill 'TERM', -$_->{pid} for @running;
    my $end = time + $PATIENCE;
    for my $server (@running) {
        until (waitpid $server->{pid}, WNOHANG) {
            kill 'KILL', -$server->{pid} if time > $end;
            sleep 0.05;
        }
    }
    $? = $exit;
}

sub wait_for {
    my ($server) = @_;
    my $end = time + $PATIENCE;
    for my $port (@$server{'h1', 'h2'}) {
        until (IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port")) {
            die "$server->{name} does not start\n"
                if time > $end || waitpid($server->{pid}, WNOHANG);
            sleep 0.05;
        }
    }
}

# Runs a client and returns what it says.
sub client {
    my @command = @_;
    open my $in, '-|', 'taskset', '-c', $client_cpu, @command
        or die "$command[0]: $!\n";
    my $text = do { local $/; <$in> };
    close $in or die "$command[0] failed: $text\n";
    return $text;
}

sub check {
    my ($server, $protocol, $request) = @_;
    my $got = client(
        'curl', '-sS', '-i', '--max-time', $PATIENCE,
        $protocol eq 'h2' ? '--http2-prior-knowledge' : '--http1.1',
        '-X', $request eq 'preflight' ? 'OPTIONS' : 'GET',
        (map { ('-H', $_) } @{$fields{$request}}), url($server, $protocol));
    my ($head, $body) = split /\r\n\r\n/, $got, 2;
    my ($status) = $head =~ m{^HTTP/\S+ (\d+)};
    my @origins = $head =~ /^access-control-allow-origin: *(.*?)\r?$/gim;
    my $has_policy = $server->{name} !~ /^(?:bare|204)$/;
    my $want = $has_policy && $request ne 'get' ? $ORIGIN : '';
    my @wrong;
    push @wrong, "status $status" if $status !~ /^20[04]$/;
    push @wrong, 'its body'
        if $request ne 'preflight' && length $body != 1024;
    push @wrong, 'the origin' if "@origins" ne $want;
    push @wrong, 'Vary' if $want && $head !~ /^vary:.*\borigin\b/im;
    push @wrong, 'the methods' if $has_policy && $request eq 'preflight'
        && $head !~ /^access-control-allow-methods:.*\bPUT\b/im;
    die "$server->{name}, $protocol, $request: @wrong\n$got\n" if @wrong;
}

sub measure {
    my ($server, $protocol, $request) = @_;
    my $is_preflight = $request eq 'preflight';
    my @fields = map { ('-H', $_) } @{$fields{$request}};
    my $url = url($server, $protocol);
    my $before = cpu_seconds($server);
    my $start = time;
    my $said = $protocol eq 'h1'
        ? client('wrk', '-t1', '-c16', '-d1s',
                 ($is_preflight ? ('-s', $script) : ()), @fields, $url)
        : client('h2load', '-t1', '-c8', '-m8', '-D1',
                 ($is_preflight ? ('-H', ':method: OPTIONS') : ()), @fields,
                 $url);
    my $time = time - $start;
    my ($count) = $protocol eq 'h1' ? $said =~ /(\d+) requests in /
                                    : $said =~ /status codes: (\d+) 2xx/;
    my ($rate) = $protocol eq 'h1' ? $said =~ /Requests\/sec: *([\d.]+)/
                                   : $said =~ /, ([\d.]+) req\/s/;
    die "$server->{name}, $protocol, $request:\n$said"
        if !$count || !$rate || $said =~ /Non-2xx|[1-9]\d* [345]xx/;
    return ($rate, $count / (cpu_seconds($server) - $before));
}

# Processor time of all processes of a server, as the scheduler counts it.
sub cpu_seconds {
    my ($server) = @_;
    my $sum = 0;
    for my $pid (map { m{(\d+)} } glob '/proc/[0-9]*') {
        next if (getpgrp($pid) // 0) != $server->{pid};
        $sum += (split ' ', slurp($_))[0] // 0
            for glob "/proc/$pid/task/*/schedstat";
    }
    die "$server->{name}: no processor time\n" if !$sum;
    return $sum / 1e9;
}

# What a file has; nothing if it is gone, as a process may be.
sub slurp {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    local $/;
    return <$in> // '';
}
