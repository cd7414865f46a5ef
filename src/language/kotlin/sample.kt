@file:JvmName("X")
package a.b
import kotlinx.datetime.Clock
import java.time.LocalDate as D
import x.*
const val END = 1_764_115_200L
private val last: LocalDate by lazy { LocalDate.of(2025, 3, 31) }
val Foo.isExpired: Boolean get() = Clock.System.now() > end
var x = 1
    private set
fun top(a: Int = 1, vararg b: String): Boolean = a > 1
class Licence(val until: Instant, private var n: Int = 3, plain: Int) : Base(until), Named {
    companion object { const val DAYS = 30; fun make() = Licence(x) }
    init { require(n > 0) { "no" } }
    constructor(s: String) : this(Instant.parse(s)) { go() }
    override fun check(): Boolean {
        if (now() > until) throw IllegalStateException("x $n ${a.b}") else return true
        val (a, b) = pair
        when (kind) { 1, 2 -> go(); is Foo -> { stop() }; in 1..3 -> x; else -> y }
        when { a > b -> go(); else -> stop() }
        val r = if (a) b else c
        for (d in list) go(d)
        for ((k, v) in map) go(k)
        while (a) b()
        do { b() } while (a)
        try { go() } catch (e: E) { stop() } finally { end() }
        list.filter { it > 1 }.map { d -> d.end }.any(Licence::over)
        val f = { a: Int -> a + 1 }
        a?.b!!.c ?: d
        x as Long; x as? Long; x is Foo; x !in y
        if (x is Foo && x.y) 1
        i++; i += 2; -i; !b
        named(a = 1, b = 2)
        val o = object : Runnable { override fun run() { go() } }
        1.days + 30.days
        a until b
        return@foo 1
    }
    val over: Boolean get() { return true }
    lateinit var z: Date
}
object Single { val q = 1 }
enum class E(val d: Int) { A(1), B(2) { fun f() = 1 }; fun g() = d }
interface I { fun f() }
data class P(val a: Int, val b: LocalDate)
fun interface J { fun x() }
typealias T = Int
sealed class S { object A : S() }
@Test fun `a test`() { assertTrue(x) }
