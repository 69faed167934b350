// TLS by OpenSSL, on a descriptor of ours.

#include <arpa/inet.h>

#include <array>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "redis/openssl.h"
#include "redis/transport.h"

namespace tinychat::redis {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

std::string reason_of(const OpenSsl& openssl) {
  const unsigned long code = openssl.err_peek_last_error();
  std::array<char, 256> text{};
  openssl.err_error_string_n(code, text.data(), text.size());
  openssl.err_clear_error();
  return code == 0 ? "the connection was closed" : text.data();
}

class Tls final : public Transport {
 public:
  Tls(const OpenSsl& openssl, UniqueFd fd, Context context, Ssl ssl)
      : openssl_(openssl), fd_(std::move(fd)), context_(std::move(context)), ssl_(std::move(ssl)) {}

  Moved read(std::span<char> buffer) override {
    std::size_t count = 0;
    const int done = openssl_.ssl_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
    return {status_of(done), count};
  }
  Moved write(std::string_view bytes) override {
    std::size_t count = 0;
    const int done = openssl_.ssl_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    return {status_of(done), count};
  }
  [[nodiscard]] int fd() const override { return fd_.get(); }

  // Error: what is wrong.
  Result<void> shake_hands(SteadyTime deadline) {
    for (;;) {
      openssl_.err_clear_error();
      const int done = openssl_.ssl_connect(ssl_.get());
      if (done == 1) return {};
      const Status status = status_of(done);
      if (status != Status::kWaitToRead && status != Status::kWaitToWrite) return refused();
      if (!wait_for(fd_.get(), status == Status::kWaitToWrite, deadline)) {
        return fail(Code::kUnavailable, "it does not answer over TLS in time; is it redis:// instead?");
      }
    }
  }

 private:
  Status status_of(int done) {
    if (done > 0) return Status::kDone;
    switch (openssl_.ssl_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ: return Status::kWaitToRead;
      case SSL_ERROR_WANT_WRITE: return Status::kWaitToWrite;
      case SSL_ERROR_ZERO_RETURN: return Status::kClosed;
      default: return Status::kFailed;
    }
  }

  std::unexpected<Error> refused() {
    const long verified = openssl_.ssl_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) {
      openssl_.err_clear_error();
      return fail(Code::kUsage, "its certificate is not accepted: " +
                                    std::string(openssl_.x509_verify_cert_error_string(verified)) +
                                    "; name the authority that signed it in SSL_CERT_FILE");
    }
    // Who speaks something else will go on doing so; who has hung up may be starting.
    const Code code = openssl_.err_peek_error() == 0 ? Code::kUnavailable : Code::kUsage;
    return fail(code, "no TLS with it: " + reason_of(openssl_) + "; is it redis:// instead?");
  }

  const OpenSsl& openssl_;
  // In this order: the descriptor goes last.
  const UniqueFd fd_;
  const Context context_;
  const Ssl ssl_;
};

bool expect_host(const OpenSsl& openssl, SSL* ssl, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const bool is_address = ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
                          ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
  if (is_address)
    return openssl.x509_verify_param_set1_ip_asc(openssl.ssl_get0_param(ssl), host.c_str()) == 1;
  return openssl.ssl_set1_host(ssl, host.c_str()) == 1 &&
         openssl.ssl_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                          const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

Result<std::unique_ptr<Transport>> open_tls(int fd, const std::string& host, SteadyTime deadline) {
  UniqueFd owned(fd);
  const auto loaded = OpenSsl::load();
  if (!loaded) return std::unexpected(loaded.error());
  const OpenSsl& openssl = **loaded;
  Context context(openssl.ssl_ctx_new(openssl.tls_client_method()), openssl.ssl_ctx_free);
  if (!context ||
      openssl.ssl_ctx_ctrl(context.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr) != 1 ||
      openssl.ssl_ctx_set_default_verify_paths(context.get()) != 1) {
    return fail(Code::kUnavailable, "OpenSSL cannot start: " + reason_of(openssl));
  }
  openssl.ssl_ctx_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  openssl.ssl_ctx_ctrl(context.get(), SSL_CTRL_MODE,
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, nullptr);
  Ssl ssl(openssl.ssl_new(context.get()), openssl.ssl_free);
  if (!ssl || openssl.ssl_set_fd(ssl.get(), owned.get()) != 1 || !expect_host(openssl, ssl.get(), host)) {
    return fail(Code::kUnavailable, "OpenSSL cannot start: " + reason_of(openssl));
  }
  auto tls = std::make_unique<Tls>(openssl, std::move(owned), std::move(context), std::move(ssl));
  if (auto done = tls->shake_hands(deadline); !done) return std::unexpected(done.error());
  return tls;
}

}  // namespace tinychat::redis
