#!/usr/bin/perl
# Stands in for systemd: holds a listening socket and a socket for notifications, and starts a program on them as
# often as it is told to. A line on standard input is an order, a line on standard output is what has happened.
#
#   socket_holder.pl PROGRAM ARGUMENT…       with HOLDER_WATCHDOG_USEC in the environment, if a watchdog is wanted
#
#   start | kill SIGNAL            listening PORT | started PID | told TEXT | ended CODE SIGNAL
use strict;
use warnings;
use File::Temp ();
use POSIX ();
use Socket;

$| = 1;
my $directory = File::Temp->newdir();
my $path = "$directory/notify";
socket(my $notify, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($notify, pack_sockaddr_un($path)) or die "bind: $!";
chmod 0777, "$directory", $path;

socket(my $listener, AF_INET, SOCK_STREAM, 0) or die "socket: $!";
setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, pack('i', 1));
bind($listener, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die "bind: $!";
listen($listener, 4096) or die "listen: $!";
print 'listening ', (unpack_sockaddr_in(getsockname($listener)))[0], "\n";

sub start {
  my $pid = fork();
  die "fork: $!" unless defined $pid;
  if ($pid == 0) {
    POSIX::dup2(fileno($listener), 3) if fileno($listener) != 3;
    # What perl opens is closed by exec, and 3 may be the same descriptor.
    use Fcntl;
    open(my $third, '>&=', 3) or die "open: $!";
    fcntl($third, F_SETFD, 0) or die "fcntl: $!";
    @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES NOTIFY_SOCKET)} = ($$, 1, 'http', $path);
    @ENV{qw(WATCHDOG_PID WATCHDOG_USEC)} = ($$, $ENV{HOLDER_WATCHDOG_USEC}) if $ENV{HOLDER_WATCHDOG_USEC};
    open(STDIN, '<', '/dev/null');
    open(STDOUT, '>&', \*STDERR);
    exec { $ARGV[0] } @ARGV or die "exec: $!";
  }
  print "started $pid\n";
  return $pid;
}

my $child;
my $orders = '';
for (;;) {
  my $ready = '';
  vec($ready, $_, 1) = 1 for fileno(STDIN), fileno($notify);
  select($ready, undef, undef, 0.005);
  if (vec($ready, fileno($notify), 1)) {
    recv($notify, my $text, 65536, 0);
    $text =~ s/\n/;/g;
    print "told $text\n";
  }
  if ($child && waitpid($child, POSIX::WNOHANG) == $child) {
    print 'ended ', $? >> 8, ' ', $? & 127, "\n";
    undef $child;
  }
  next unless vec($ready, fileno(STDIN), 1);
  sysread(STDIN, $orders, 4096, length $orders) or last;
  while ($orders =~ s/^(\w+) ?(\w*)\n//) {
    $child = start() if $1 eq 'start';
    kill($2, $child) if $1 eq 'kill' && $child;
  }
}
kill('KILL', $child) if $child;
