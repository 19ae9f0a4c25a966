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

# What t/soak.sh runs: a server that is asked all the time by two clients, over
# HTTP/1 and HTTP/2, which compare each answer with what its policy says.
# Meanwhile
#
#   - it is restarted gracefully, each time to the other of two policies, and a
#     .htaccess file is replaced;
#   - restarts are tried with a configuration that has an error;
#   - the backend is killed, and comes back;
#   - the error log and the access log are on a full disk;
#   - children end after a few connections (MaxConnectionsPerChild).
#
# Then it is left alone.  Wrong are: a request without an answer, an answer
# that its policy does not call for, one of an old policy when the new one is
# long in force, memory that grows, a child that dies.
#
#   soak.pl ROOT HTTPD MODULES REQUESTS RESTARTS

use strict;
use warnings;
use File::Path ();
use IO::Select;
use IO::Socket::INET;
use List::Util qw(max sum);
use POSIX qw(WNOHANG);
use Time::HiRes qw(sleep time);
use Cases;

# Below so many requests what memory does says nothing.
use constant MEMORY_REQUESTS => 200_000;
use constant GROWTH => 1.02;

my ($root, $httpd, $modules, $requests, $restarts) = @ARGV;
my $run = "$root/run";
my $begun = time;
my %pids;
my $failures = 0;

$SIG{$_} = sub { exit 1 } for qw(HUP INT TERM);
END {
    my $status = $?;
    kill TERM => values %pids if %pids;
    for (1 .. 100) {
        last unless grep { kill 0 => $_ } values %pids;
        1 while waitpid(-1, WNOHANG) > 0;
        sleep 0.1;
    }
    kill KILL => values %pids if %pids;
    $? = $status;
}

sub wrong {
    print "not passed: @_\n";
    $failures++;
    return;
}

sub told { printf "%5d s  %s\n", time - $begun, "@_"; return }

#
# The servers.
#

sub write_file {
    my ($file, $text) = @_;
    File::Path::make_path($file =~ s{/[^/]*\z}{}r);
    open my $out, '>', "$file.new" or die "cannot write $file: $!";
    print $out $text;
    close $out or die $!;
    rename "$file.new", $file or die $!;
    return;
}

sub load {
    return join '', map {
        -e "$modules/mod_$_.so"
            ? "LoadModule ${_}_module $modules/mod_$_.so\n" : ()
    } @_;
}

sub free_port {
    my $socket = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1')
        or die "no port: $@";
    return $socket->sockport;
}

my ($port, $backend) = (free_port(), free_port());
my $base = load(qw(mpm_event authz_core alias headers)) . <<'CONF';
ServerName localhost
KeepAliveTimeout 15
MaxKeepAliveRequests 0
ThreadsPerChild 16
StartServers 2
ServerLimit 6
MaxRequestWorkers 96
MinSpareThreads 1
MaxSpareThreads 96
CONF

# Under a letter, A or B, and a number that each answer has in X-Policy.
sub configuration {
    my ($tag, %of) = @_;
    my $policy = Cases::policy(substr $tag, 0, 1);
    my $log = $of{full} ? '/dev/full' : "$run/error_log";
    my $any = $tag =~ /^A/ ? '' : 'CorsEngine Off';
    return $base . load(qw(authn_core authn_file authz_user auth_basic filter
                           deflate http2 rewrite proxy proxy_http reflector
                           dir)) . <<"CONF";
LoadModule cors_module $root/mod_cors.so
ServerRoot $run
PidFile $run/httpd.pid
DefaultRuntimeDir $run
Listen 127.0.0.1:$port
Protocols h2c http/1.1
H2Direct On
DocumentRoot $run/htdocs
ErrorLog $log
LogLevel warn cors:@{[$of{full} ? 'debug' : 'info']}
LogFormat "%r %{CORS_REASON}e" cors
CustomLog @{[$of{full} ? '/dev/full' : '/dev/null']} cors
MaxConnectionsPerChild @{[$of{children} // 0]}
Header always set X-Policy $tag
<Directory />
    AllowOverride All
</Directory>
AliasMatch "^/(list|enforce|any|auth|report)\$" $run/htdocs/page.html
AliasMatch "^/gzip\$" $run/htdocs/large.html
Redirect 410 /gone
Redirect 302 /moved http://localhost/list
ProxyPass /back http://127.0.0.1:$backend/page.html retry=0
RewriteEngine On
RewriteRule ^/forbidden - [F]
<LocationMatch "^/(list|auth|missing|gone|moved|forbidden)">
    $policy
</LocationMatch>
<LocationMatch "^/(back|broken|enforce|gzip)">
    $policy
</LocationMatch>
<Location /enforce>
    CorsEnforce On
</Location>
<Location /auth>
    AuthType Basic
    AuthName soak
    AuthUserFile $run/users
    Require valid-user
</Location>
<Location /report>
    $policy
    CorsEngine ReportOnly
</Location>
<Location /hazard>
    CorsAllowOrigin *
</Location>
<Location /gzip>
    SetOutputFilter DEFLATE
</Location>
<Location /any>
    CorsAllowOrigin *
    CorsAllowMethods *
    CorsExposeHeaders *
    $any
</Location>
CONF
}

sub backend_configuration {
    return $base . <<"CONF";
ServerRoot $run
PidFile $run/backend.pid
DefaultRuntimeDir $run
Listen 127.0.0.1:$backend
DocumentRoot $run/htdocs
ErrorLog $run/backend_log
Header always set Access-Control-Allow-Origin *
Header always set Access-Control-Allow-Credentials true
Header always set Vary Cookie
Header always unset Vary
CONF
}

# Start a server in the foreground; wait until it answers.
sub start {
    my ($name, $at) = @_;
    my $pid = fork // die "cannot fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        # Else each thread has a heap of its own, which fills by chance.
        $ENV{MALLOC_ARENA_MAX} = 1;
        exec($httpd, $name eq 'backend' ? '-X' : '-DFOREGROUND', '-f',
             "$run/$name.conf") or POSIX::_exit(127);
    }
    $pids{$name} = $pid;
    for (1 .. 300) {
        return if IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                        PeerPort => $at);
        die "$name does not start\n" if waitpid($pid, WNOHANG) == $pid;
        sleep 0.1;
    }
    die "$name does not answer\n";
}

# What policy a new connection meets.
sub policy_in_force {
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
                                       PeerPort => $port, Timeout => 10)
        or die "cannot connect: $@";
    print $socket "GET /list HTTP/1.0\r\n\r\n";
    my ($policy) = join('', <$socket>) =~ /^X-Policy: (\w+)/m;
    return $policy // 'none';
}

# Whether it comes to be this one: a child of the time before a restart may
# still take a connection.
sub is_in_force {
    my ($tag) = @_;
    for (1 .. 300) {
        return 1 if policy_in_force() eq $tag;
        sleep 0.1;
    }
    return 0;
}

# Graceful restarts, as apachectl and service managers do them.
sub graceful {
    my $text = `$httpd -k graceful -f $run/httpd.conf 2>&1`;
    return ($? >> 8, $text);
}

sub change {
    my ($tag, @of) = @_;
    write_file("$run/httpd.conf", configuration($tag, @of));
    my ($status, $text) = graceful();
    wrong("the restart to $tag fails: $text") if $status;
    wrong("$tag is not in force") unless is_in_force($tag);
    return changed();
}

sub change_htaccess {
    my ($tag) = @_;
    write_file("$run/htdocs/own/.htaccess",
               Cases::policy(substr $tag, 0, 1)
               . "Header always set X-Policy $tag\n");
    return changed();
}

# Under a tag of its own, so that it would be seen.
sub try_broken {
    my ($tag) = @_;
    my ($error, $mend) = ('CORS-E01', 'https://app.example');
    write_file("$run/httpd.conf", configuration(substr($tag, 0, 1) . 'broken')
               . "CorsAllowOrigin https://app.example/\n");
    my ($status, $text) = graceful();
    wrong('a restart with an error is tried') unless $status;
    wrong("it is not told why: $text")
        unless $text =~ /line\ \d+\ of\ [^\n]*httpd\.conf:\n
                         [^\n]*\Q$error\E[^\n]*"\Q$mend\E"/x;
    wrong("$tag is not in force after an error") unless is_in_force($tag);
    return;
}

# Resident memory in KB: of the parent, and of each child.
sub resident {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/status" or return ();
    return map { /^VmRSS:\s+(\d+)/ ? $1 : () } <$in>;
}

sub memory {
    my ($parent) = resident($pids{httpd});
    my @children = map { resident($_) } split ' ',
        do { open my $in, '<', "/proc/$pids{httpd}/task/$pids{httpd}/children"
                 or die "no /proc: $!"; <$in> // '' };
    return ($parent, @children ? sum(@children) / @children : 0);
}

#
# The clients.
#

my (%client, %seen);
my $select = IO::Select->new;

sub start_client {
    my ($name, $count, $connections) = @_;
    my $pid = open my $out, '-|', "$root/$name", "$run/cases", $port, $count,
        $connections or die "cannot run $name: $!";
    $client{$name} = { pid => $pid, out => $out, done => 0, rest => '',
                       told => 0, changed => 0 };
    $select->add($out);
    return;
}

# Read what the clients tell within a time: whether they tell anything.
sub hear {
    my ($seconds) = @_;
    my @ready = $select->can_read($seconds);
    for my $out (@ready) {
        my ($name) = grep { $client{$_}{out} == $out } keys %client;
        my $one = $client{$name};
        if (!sysread $out, $one->{rest}, 65536, length $one->{rest}) {
            finish($name);
            next;
        }
        while ($one->{rest} =~ s/\A([^\n]*)\n//) {
            heard($one, $1);
        }
    }
    return scalar @ready;
}

# Until so many answers have come, or the clients end.
sub listen_until {
    my ($wanted) = @_;
    while (%client && sum(map { $_->{done} } values %client) < $wanted) {
        hear(120) or die "the clients have stopped\n";
    }
    return;
}

sub heard {
    my ($one, $line) = @_;
    if ($line !~ /^done=(\d+) again=(\d+) wrong=(\d+)/) {
        wrong($line);
        return;
    }
    @$one{qw(done again wrong)} = ($1, $2, $3);
    $one->{told}++;
    $one->{last} = { $line =~ / policy=(\w+):(\d+)/g };
    my %status = $line =~ / status=(\d+):(\d+)/g;
    $seen{$_} += $status{$_} for keys %status;
    return;
}

my %finished;

sub finish {
    my ($name) = @_;
    my $one = $finished{$name} = delete $client{$name};
    $select->remove($one->{out});
    wrong("$name finds something wrong") unless close $one->{out};
    return;
}

# What is in force has changed.
sub changed {
    while (hear(0)) { }
    $_->{changed} = $_->{told} for values %client;
    return;
}

# Whether what the clients have met lately is what is in force, and no more.
# What they tell first after a change is about the time before as well.
sub only {
    my (@tags) = @_;
    while (grep { $_->{told} < $_->{changed} + 3 } values %client) {
        listen_until(1 + sum(map { $_->{done} } values %client));
    }
    for my $name (keys %client) {
        my %last = %{ $client{$name}{last} || {} };
        delete @last{@tags};
        wrong("$name still meets ", join ' ', sort keys %last) if %last;
    }
    return;
}

# The last quarter and the second.
sub is_flat {
    my ($what, @samples) = @_;
    my $quarter = int(@samples / 4);
    my ($second, $last) = map { sum(@$_) / @$_ }
        [@samples[$quarter .. 2 * $quarter - 1]], [@samples[-$quarter .. -1]];
    my $text = sprintf '%s: %.0f KB in the second quarter, %.0f in the last',
        $what, $second, $last;
    if ($requests < MEMORY_REQUESTS) {
        told("$text (not judged)");
    }
    elsif ($last > GROWTH * $second) {
        wrong($text);
    }
    else {
        told($text);
    }
    return;
}

#
# The course of it.
#

write_file("$run/htdocs/page.html", "page\n");
write_file("$run/htdocs/large.html", "page\n" x 500);
write_file("$run/htdocs/own/index.html", "page\n");
write_file("$run/htdocs/broken/index.html", "page\n");
write_file("$run/htdocs/broken/.htaccess", "CorsAllowOrigin junk\n");
for my $i (1 .. 30) {
    write_file("$run/htdocs/hazard/$i/.htaccess", "CorsAllowCredentials On\n");
    write_file("$run/htdocs/hazard/$i/index.html", "page\n");
}
write_file("$run/users", "nobody:x\n");
write_file("$run/cases", Cases::all());
write_file("$run/backend.conf", backend_configuration());
write_file("$run/httpd.conf", configuration('A0'));
change_htaccess('B1000');
start(backend => $backend);
start(httpd => $port);

my $http2 = int($requests / 5);
start_client(http1 => $requests - $http2, 12);
start_client(http2 => $http2, 4);

# Two fifths with restarts, the rest without.
my ($now, $own, @parent) = ('A0', 'B1000');
for my $i (1 .. $restarts) {
    my $step = 0.4 * $requests / $restarts;
    listen_until(($i - 0.5) * $step);
    only($now, $own);
    $own = ($own =~ /^A/ ? 'B' : 'A') . (1000 + $i);
    change_htaccess($own);
    if ($i % 3 == 1) {
        try_broken($now);
        kill KILL => $pids{backend};
        waitpid delete $pids{backend}, 0;
    }
    elsif ($i % 3 == 2) {
        start(backend => $backend);
    }
    listen_until($i * $step);
    only($now, $own);
    $now = ($i % 2 ? 'B' : 'A') . $i;
    change($now, full => $i % 3 == 0, children => $i % 3 == 2 ? 150 : 0);
    push @parent, (memory())[0];
    told("restart $i of $restarts, policy $now");
}
start(backend => $backend) unless $pids{backend};
change($now = 'A9999');
wrong('the backend was not missed') unless $seen{502} || $seen{503};
is_flat('the parent over the restarts', @parent) if @parent >= 4;

my $from = 0.45 * $requests;
listen_until($from);
%seen = ();
my @child;
for my $i (1 .. 40) {
    listen_until($from + ($requests - $from) * $i / 41);
    push @child, (memory())[1] if %client;
}
only($now, $own);
listen_until(2 * $requests);
is_flat('a child', @child) if @child >= 4;
wrong('the backend is still missed') if $seen{502} || $seen{503};

my %sum = (done => 0, again => 0, wrong => 0);
for my $name (sort keys %finished) {
    my $one = $finished{$name};
    told("$name: $one->{done} answers, $one->{wrong} wrong, $one->{again} "
         . 'asked again');
    $sum{$_} += $one->{$_} for keys %sum;
}
wrong("$sum{done} answers to $requests requests") if $sum{done} != $requests;
wrong('the server is gone') unless policy_in_force() eq $now;
open my $log, '<', "$run/error_log" or die $!;
while (<$log>) {
    wrong($_) if /exit signal|Assertion|AddressSanitizer|runtime error/;
}
told($failures ? 'not passed' : 'passed');
exit($failures ? 1 : 0);
