#include "redis/openssl.h"

#include <dlfcn.h>

#include <string>

namespace tinychat::redis {
namespace {

// The version whose headers this was compiled with. It brings libcrypto with it.
std::string library_name() { return "libssl.so." + std::to_string(OPENSSL_SHLIB_VERSION); }

}  // namespace

Symbol OpenSsl::find(const char* name) {
  if (library_ == nullptr && missing_ == nullptr) {
    library_ = ::dlopen(library_name().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) missing_ = "";
  }
  void* const address = library_ == nullptr ? nullptr : ::dlsym(library_, name);
  if (address == nullptr && missing_ == nullptr) missing_ = name;
  return Symbol(address);
}

Result<const OpenSsl*> OpenSsl::load() {
  static const OpenSsl loaded;
  if (loaded.missing_ == nullptr) return &loaded;
  if (loaded.library_ == nullptr) {
    return fail(Code::kUsage, "rediss:// takes OpenSSL, and " + library_name() +
                                  " cannot be loaded; install it (libssl3 in Debian and Ubuntu)");
  }
  return fail(Code::kUsage, "rediss:// takes OpenSSL, and " + library_name() + " has no " + loaded.missing_ +
                                "; install the distribution's own (libssl3 in Debian and Ubuntu)");
}

}  // namespace tinychat::redis
