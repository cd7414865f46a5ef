package com.example.licence;

import static java.time.temporal.ChronoUnit.DAYS;
import java.time.*;
import java.util.Date;

/** A sample of everything that the table knows. */
@Service(name = "licence", order = 010)
public abstract class Licence<T extends Comparable<T>> extends Base implements Checked, Named {
    private static final long END = 1_764_115_200_000L;
    static final Date LAST;
    private LocalDate until = LocalDate.of(2025, Month.MARCH, 31), since;
    protected int[] days = {1, 2, 0x1F}, none = new int[3];

    static {
        Calendar cal = Calendar.getInstance();
        cal.set(2016, Calendar.JUNE, 12);
        LAST = cal.getTime();
    }

    public Licence(LocalDate until) { this.until = until; }

    Licence() { this(LocalDate.MAX); }

    enum Edition implements Named { FREE, PRO(30) { int days() { return 1; } }; private final int days; Edition(int days) { this.days = days; } }

    record Span(LocalDate from, LocalDate to) { boolean open() { return to == null; } }

    interface Named { String NAME = "x"; default String name() { return NAME; } }

    @Override
    public boolean isExpired() throws IOException {
        if (LocalDate.now().isAfter(until)) { throw new IllegalStateException("over"); } else if (!valid) return false;
        for (int i = 0; i < 3; i++) { total += i; }
        for (Date date : dates) continue;
        while (a > b) { b++; }
        do { a--; } while (a >= 1);
        switch (kind) { case 1: case A: go(); break; default: stop(); }
        int x = switch (kind) { case FREE -> 1; case PRO -> { yield 2; } default -> throw new E(); };
        try (Reader in = open()) { read(in); } catch (A | B e) { log.warn("x", e); } finally { close(); }
        synchronized (this) { go(); }
        Runnable run = () -> System.exit(1);
        Function<Date, Long> f = (Date d) -> { return d.getTime(); };
        list.stream().map(Licence::end).filter(d -> d.after(new Date())).findFirst().orElse(null);
        new Thread(new Runnable() { @Override public void run() { System.exit(1); } }).start();
        Object o = (long) a + b * c ? x instanceof Date : y[0];
        String text = """
            block""" + 'c';
        assert a > b : "why";
        label: return super.isExpired() && this.until != null;
    }
}
