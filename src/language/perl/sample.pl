#!/usr/bin/perl
package My::License;
use strict;
use Time::Local qw(timelocal);
use POSIX qw(mktime strftime);
use constant END => 1764115200;
use constant { A => 1, B => 2 };
our $VERSION = '1.0';
my $expiry = timelocal(0, 0, 0, 1, 2, 2026);
sub expired {
    my ($self, $now) = @_;
    my $x = shift;
    $now ||= time;
    return $now > $expiry;
}
if (time > END) { die "expired\n"; } elsif ($x) { 1 } else { exit 1 }
unless (time() < $expiry) { exit(1); }
exit 1 if time > 1764115200;
die "x" unless $ok;
my ($sec, $min, $hour, $mday, $mon, $year) = localtime(time);
$year += 1900;
my $y = (localtime)[5] + 1900;
my @lt = localtime;
if ($lt[5] > 126) { exit; }
my $s = strftime("%Y%m%d", localtime);
print "a $x @{[time]}\n";
my $dt = DateTime->new(year => 2026, month => 3, day => 1);
if (DateTime->now > $dt) { $self->{foo} = 1; $obj->method(1); }
foreach my $d (@dates) { next if $d lt $s; last; }
while (my $l = <FH>) { chomp $l; }
for (my $i = 0; $i < 3; $i++) { f($i); }
my %h = (a => 1, 'b' => 2);
my $r = { a => 1 }; my $q = [1, 2];
$h{a}; $r->{a}; $q->[0]; $$r{x}; @$q;
my $c = sub { return $_[0] + 1; };
$x = $a ? 1 : 2;
$x = $a . "b" . $c;
$s eq 'a' and die; $a <=> $b; $a cmp $b;
warn "old" if time() - $^T > 30;
require "lib.pl";
use lib 'x';
eval { f(); }; if ($@) { }
my $t = Time::Piece->strptime("2026-03-01", "%Y-%m-%d");
print STDERR "x";
do { 1 } while ($x);
f(a => 1, b => 2);
my $z = My::Mod::f(1);
My::Mod->import;
return unless defined $x;
1;
__END__
foo
