package a.b

import groovy.time.TimeCategory
import static java.time.Month.JUNE

/** A licence. */
@CompileStatic
class License extends Base implements Checked {
    static final LocalDate END = LocalDate.of(2025, JUNE, 1)
    private final Map<String, Date> ends = [a: new Date(0), 'b': Date.parse('yyyy-MM-dd', '2025-06-01')]
    def name = "a ${END} $owner.name"

    boolean valid(Date now = new Date(), int... days) throws IOException {
        if (now > ends.a && !days.any { it > 30 }) {
            throw new IllegalStateException("over ${ends['a']}")
        } else log.warn "fine"
        def (x, y) = [1, 2]
        switch (x) {
            case 1: return true
            default: break
        }
        try { check() } catch (A | B e) { println e } finally { close() }
        use(TimeCategory) { ends.c = 30.days.from.now }
        ends.findAll { k, v -> v?.before(now) }.each { println it.key }
        x <=> y ?: 0
    }
}

enum Kind { A(1), B; int n }

class LicenseSpec extends Specification {
    def "is valid"() {
        expect:
        license.end > LocalDate.now()
        where:
        a | b
        1 | 2
    }
}

ext { end = '2025-06-01' }
android { defaultConfig { buildConfigField 'long', 'END', "1764115200000L" } }
task check(type: Exec) { doLast { if (new Date() > end) throw new GradleException('over') } }
pipeline { agent any; stages { stage('a') { steps { sh 'make' } } } }
