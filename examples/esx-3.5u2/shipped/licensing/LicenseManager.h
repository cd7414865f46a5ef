#pragma once

#include <string>

namespace licensing {

enum class LicenseStatus { Ok, NoLicense, Expired };

// Grants the features that the installed licence covers.
class LicenseManager {
public:
    // Checks a feature out; anything but Ok means that it must not be used.
    LicenseStatus checkout(const std::string& feature) const;

private:
    bool buildHasExpired() const;
    bool isLicensed(const std::string& feature) const;
};

}  // namespace licensing
