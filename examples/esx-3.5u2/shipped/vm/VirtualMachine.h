#pragma once

#include <string>

namespace vm {

// What the client shows as "A general system error occurred: Internal error".
enum class Fault { None, InternalError };

class VirtualMachine {
public:
    explicit VirtualMachine(std::string name) : name_(std::move(name)) {}

    Fault powerOn();
    Fault resume();

private:
    std::string name_;
};

}  // namespace vm
