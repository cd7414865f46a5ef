// Limits of the pre-release builds of 3.5 Update 2.
#pragma once

#include <ctime>

namespace licensing {

// The beta must not run past 12 August 2008.
constexpr int kBetaEndYear = 2008;
constexpr int kBetaEndMonth = 8;
constexpr int kBetaEndDay = 12;

}  // namespace licensing
