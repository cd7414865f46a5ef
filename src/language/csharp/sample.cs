using System;
using Clock = NodaTime.SystemClock;
using static System.Math;
[assembly: AssemblyVersion("1")]
namespace A.B
{
    public class Licence<T> : Base, INamed where T : class
    {
        private static readonly DateTime End = new DateTime(2021, 1, 1), Last;
        const long X = 1_000L;
        public DateTime Until { get; set; } = DateTime.MaxValue;
        public bool IsExpired => DateTime.Now > Until;
        public bool Over { get { return DateTime.UtcNow > End; } set => _x = value; }
        static Licence() { Last = DateTime.Parse("2021-01-01"); }
        public Licence(DateTime until = default) : this(until, 1) { Until = until; }
        [Fact] public async Task<bool> Check(int a, params string[] b)
        {
            if (DateTime.Now > End) throw new Exception($"x {a:yyyy} {b}"); else if (x) return false;
            var (p, q) = f();
            DateTime d = DateTime.ParseExact("20210101", "yyyyMMdd", CultureInfo.InvariantCulture);
            for (int i = 0; i < 3; i++) go(i);
            foreach (var e in list) go(e);
            foreach (var (k, v) in map) go(k);
            while (a) b();
            do { b(); } while (a);
            switch (kind) { case 1: case A.B: go(); break; case Foo f when f.x: stop(); break; default: return true; }
            var r = kind switch { 1 => a, > 3 => b, Foo { X: 1 } => c, _ => throw new E() };
            try { go(); } catch (E e) when (e.x) { stop(); } finally { end(); }
            using (var s = open()) { read(s); }
            using var t = open();
            lock (this) { go(); }
            list.Where(x => x.End > now).Select((x, i) => { return x; }).Any();
            var o = new Licence { Until = d, ["k"] = 1 };
            Licence z = new(d);
            var l = new List<int> { 1, 2 };
            var m = new Dictionary<string, DateTime> { { "a", d }, ["b"] = d };
            var arr = new[] { 1, 2 }; int[] arr2 = { 1 };
            a?.B?.C(); x ??= y; var w = x ?? y; var v = a is DateTime dt && a is not null; var u = a as B; var t1 = (long)x; var t2 = a![0];
            await go(); int local(int y) => y; var t3 = checked(x);
            var an = new { A = 1, b };
            var s1 = @"c:\x" + "a\n" + 'c' + """raw""";
            Named(a: 1, out var yy, ref b);
            n++; n += 1; var t4 = -n;
            Action act = delegate { go(); };
            return typeof(X) == null || base.Check() && this.Until != null;
        }
        public int this[int i] => i;
        event Action E1;
        ~Licence() { }
        public static bool operator >(A a, B b) => true;
    }
    enum E { A, B = 3 }
    struct S { public int a; }
    record R(DateTime From, int Days) { public bool F() => true; }
    interface I { bool F(); DateTime Now { get; } }
    class P(IClock clock) { DateTime Now() => clock.Now; }
#if DEBUG
    class D { }
#endif
}
