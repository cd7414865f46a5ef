require 'date'
require_relative 'lib/x'
END_DATE = Date.new(2026, 3, 1)
module Foo
  class Bar < Base::Baz
    EXPIRY = Time.utc(2026, 3, 1).freeze
    attr_reader :x
    def initialize(now = Time.now, key: nil, *args, **opts, &blk)
      @now = now
      @@count ||= 0
    end
    def self.expired?
      Time.now > EXPIRY
    end
    def check!
      raise ExpiredError, "too old" if expired? && !@skip
      return false unless Date.today < END_DATE
      x = y rescue nil
      puts "x #{Time.now.strftime('%Y')}"
      items.each { |a, b| foo(a) }
      items.select do |i| i > 3 end
      loop { break }
      @x&.foo
      5.days.ago
      a, b = 1, 2
      x += 1
      h = { a: 1, 'b' => 2, :c => 3 }
      foo bar, key: 1
      case Date.today.year
      when 2026, 2027 then exit 1
      when 2020..2025 then nil
      else puts 1
      end
      if a then b elsif c then d else e end
      while x < 3 do x += 1 end
      until z; end
      for i in 1..3 do end
      begin
        a
      rescue Foo, Bar => e
        b
      else
        c
      ensure
        d
      end
      abort("x") if Time.now.to_i > 1764115200
      x = if a then 1 else 2 end
      l = ->(q) { q > 1 }
      p = proc { |z| z }
      s = :sym
      <<~EOS
        hi #{x}
      EOS
      %w[a b]
      yield x
      self.y = 3
      obj.z = 4
      Foo::Bar.new(1)
      not x
      a and b or c
      defined?(x)
      x ? 1 : 2
      1..
      super
      @a, @b = c
      ENV['X'] || ENV.fetch('Y', 3)
    end
    class << self
      def q; end
    end
  end
end
describe Foo do
  it "works" do
    expect(x).to eq(1)
  end
end
if __FILE__ == $0
  main
end
