// A little of everything, for the mutation test. é
#include <chrono>

namespace licence::detail {
using clock = std::chrono::system_clock;
using namespace std::chrono_literals;

enum class State : int { Good, Expired = 'x' };

template <typename T, int N = 3>
class Check final : public Base<T>, private Other {
  public:
    explicit Check(T value) noexcept : value_(std::move(value)), limit_{30 * 24h} { start(); }
    virtual ~Check() = default;
    bool operator()(const T &other) const override { return value_ < other; }
    static Check make() { return Check{T{}}; }

  private:
    T value_ = {};
    clock::duration limit_{0};
};

constexpr auto End = 2021y / std::chrono::November / 5;
} // namespace licence::detail

bool licence::detail::Checker::expired(int days) const {
    if (auto found = table.find(days); found != table.end()) {
        return found->second;
    }
    for (const auto &[key, value] : table) {
        try {
            std::lock_guard lock(mutex_);
            total += static_cast<long>(value) * R"x(raw "text")x"s.size();
        } catch (const std::exception &error) {
            throw Failure("no", error.what());
        }
    }
    auto now = std::chrono::duration_cast<std::chrono::seconds>(clock::now().time_since_epoch()).count();
    auto late = [this, &now, n = 1](int more) -> bool { return now + more > end_ * n; };
    switch (state()) {
    case State::Good:
        return late(1'000);
    default:
        break;
    }
    return new Thing(days) != nullptr ? this->check() : !late(0);
}

TEST(Licence, Expires) { EXPECT_TRUE(licence::detail::Checker().expired(3)); }
