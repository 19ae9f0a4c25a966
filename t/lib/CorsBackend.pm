package CorsBackend;

# What stands behind httpd in a test: a small server that answers with a
# function of the test, or a program.  Each is a process of its own, which ends
# with its object, and also if the test is gone without a word.

use strict;
use warnings;

use Exporter qw(import);
use IO::Select ();
use IO::Socket::INET ();
use IO::Socket::UNIX ();
use POSIX ();
use CorsTest;

our @EXPORT = qw(read_head read_body);

my $number = 0;

# A server on a free port: answer->(socket, note) is called for each
# connection, in a process of its own.  The log() has a line "connected" for
# each, and what note->(text) adds.
sub server {
    my ($class, $answer) = @_;
    my $listener = IO::Socket::INET->new(Listen => 8,
                                         LocalAddr => '127.0.0.1')
        or die "no port: $@";
    my $log = "backend-$$-" . ++$number;
    open my $out, '>>', vars('t_logs') . "/$log" or die "no $log: $!";
    my $note = sub { syswrite $out, "$_[0]\n" };
    my $self = $class->process(sub {
        my ($is_wanted) = @_;
        my $select = IO::Select->new($listener);
        $SIG{CHLD} = 'IGNORE';
        while ($is_wanted->()) {
            next unless $select->can_read(1);
            my $client = $listener->accept or next;
            $note->('connected');
            if (!(fork // die "cannot fork: $!")) {
                $SIG{TERM} = 'DEFAULT';
                alarm 30;
                close $listener;
                eval { $answer->($client, $note); 1 } or $note->("died: $@");
                POSIX::_exit(0);
            }
        }
    });
    @$self{qw(port log)} = ($listener->sockport, $log);
    return $self;
}

# A program that serves on a Unix socket.
sub program {
    my ($class, $socket, @command) = @_;
    my $self = $class->process(sub {
        my ($is_wanted, $children) = @_;
        my $pid = fork // die "cannot fork: $!";
        if (!$pid) {
            $SIG{TERM} = 'DEFAULT';
            { exec { $command[0] } @command }
            POSIX::_exit(1);
        }
        push @$children, $pid;
        while ($is_wanted->()) {
            return if waitpid($pid, POSIX::WNOHANG()) == $pid;
            select undef, undef, undef, 0.2;
        }
    });
    for (1 .. 100) {
        return $self if IO::Socket::UNIX->new(Peer => $socket);
        select undef, undef, undef, 0.1;
    }
    die "$command[0] does not answer on $socket";
}

# What run->(is_wanted, children) starts is a group, which a TERM to the first
# ends, and with it the children that have left the group.
sub process {
    my ($class, $run) = @_;
    my $test = $$;
    my @children;
    my $pid = fork // die "cannot fork: $!";
    return bless { pid => $pid, test => $test }, $class if $pid;

    # The harness waits until nobody can write to what the test writes to.
    my $end = sub {
        local $SIG{TERM} = 'IGNORE';
        local $SIG{ALRM} = sub { kill KILL => -$$, @children };
        alarm 10;
        kill TERM => -$$, @children;
        1 while waitpid(-1, 0) > 0;
        POSIX::_exit(0);
    };
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    POSIX::setpgid(0, 0);
    $SIG{TERM} = $SIG{INT} = $end;
    eval { $run->(sub { getppid() == $test }, \@children) };
    $end->();
}

sub port { return $_[0]{port} }
sub log { return $_[0]{log} }

# When this returns nothing listens any more.
sub stop {
    my ($self) = @_;
    return unless $self->{pid} && $self->{test} == $$;
    local ($?, $!);
    kill TERM => $self->{pid};
    waitpid delete $self->{pid}, 0;
    return;
}

sub DESTROY { $_[0]->stop; return }

# The head of a request, with the empty line, or what came of it.
sub read_head {
    my ($socket) = @_;
    my $head = '';
    while ($head !~ /\r\n\r\n\z/) {
        sysread($socket, $head, 1, length $head) or last;
    }
    return $head;
}

# Its body.  Who closes a connection without having read it may lose the
# answer as well.
sub read_body {
    my ($socket, $head) = @_;
    my $body = '';
    syswrite $socket, "HTTP/1.1 100 Continue\r\n\r\n"
        if $head =~ /^Expect: *100-continue/mi;
    if ($head =~ /^Transfer-Encoding: *chunked/mi) {
        while ((my $size = hex(<$socket> // 0)) > 0) {
            read $socket, $body, $size, length $body;
            <$socket>;
        }
        <$socket>;
    }
    elsif ($head =~ /^Content-Length: *(\d+)/mi) {
        read $socket, $body, $1;
    }
    return $body;
}

1;
