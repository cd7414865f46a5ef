package a.b
import java.time.{LocalDate, Instant => I}
import java.util._
import x.y.*
object Switches extends Base with Named {
  val Old: Switch = Switch("a", "b", sellByDate = LocalDate.of(2025, 3, 31), On)
  lazy val x = 1L
  def over(now: LocalDate = LocalDate.now, n: Int): Boolean = now.isAfter(sellByDate)
  def main(args: Array[String]): Unit = {
    if (over(now)) throw new E("x") else return
    val (a, b) = pair
    kind match { case 1 | 2 => go() case Foo(x, _) if x > 1 => stop() case d: Date => d case _ => y }
    for (d <- list; if d > 1; e = d) go(d)
    for { d <- list if d.ok; k <- d.all } yield k
    while (a) { b() }
    try { go() } catch { case e: E => stop() } finally { end() }
    list.filter(_.end > 1).map(d => d.end).exists { case (k, v) => v }
    list.foreach { d => go(d) }
    s"x $n ${a.b}"; "y"; 'c'; """raw"""
    x.asInstanceOf[Long]; x.isInstanceOf[Foo]
    now isAfter end
    new Date(1L); new Foo { def f() = 1 }
    -i; !b; x += 1
    named(a = 1, b = 2)
    f _
    a.b = c
    val g: Int => Int = x => x + 1
    val m = Map("a" -> 1, "b" -> 2)
    (a, b)
    null; true
  }
}
case class Switch(name: String, until: LocalDate = LocalDate.MAX, state: State) {
  def isOver: Boolean = LocalDate.now.isAfter(until)
  var n = 0
  def this(s: String) = this(s, null, null)
}
class A(private val clock: Clock, plain: Int) extends B(plain) { private[this] val q = 1 }
trait T { def f: Int; protected def g(x: Int): Int }
object E extends Enumeration { val A, B = Value }
class Spec extends AnyFlatSpec { "x" should "y" in { assert(a > b); a shouldBe b } 
  test("z") { assertResult(1)(a) } }
@deprecated("x", "1") class D
