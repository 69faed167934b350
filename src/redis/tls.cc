// TLS by OpenSSL, on a descriptor of ours.

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "redis/transport.h"

namespace tinychat::redis {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return code == 0 ? "the connection was closed" : text.data();
}

class Tls final : public Transport {
 public:
  Tls(UniqueFd fd, std::unique_ptr<SSL_CTX, FreeContext> context, std::unique_ptr<SSL, FreeSsl> ssl)
      : fd_(std::move(fd)), context_(std::move(context)), ssl_(std::move(ssl)) {}

  Moved read(std::span<char> buffer) override {
    std::size_t count = 0;
    const int done = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
    return {status_of(done), count};
  }
  Moved write(std::string_view bytes) override {
    std::size_t count = 0;
    const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    return {status_of(done), count};
  }
  [[nodiscard]] int fd() const override { return fd_.get(); }

  // Error: what is wrong.
  Result<void> shake_hands(SteadyTime deadline) {
    for (;;) {
      ERR_clear_error();
      const int done = SSL_connect(ssl_.get());
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
    switch (SSL_get_error(ssl_.get(), done)) {
      case SSL_ERROR_WANT_READ: return Status::kWaitToRead;
      case SSL_ERROR_WANT_WRITE: return Status::kWaitToWrite;
      case SSL_ERROR_ZERO_RETURN: return Status::kClosed;
      default: return Status::kFailed;
    }
  }

  std::unexpected<Error> refused() {
    const long verified = SSL_get_verify_result(ssl_.get());
    if (verified != X509_V_OK) {
      ERR_clear_error();
      return fail(Code::kUsage,
                  "its certificate is not accepted: " + std::string(X509_verify_cert_error_string(verified)) +
                      "; name the authority that signed it in SSL_CERT_FILE");
    }
    // Who speaks something else will go on doing so; who has hung up may be starting.
    const Code code = ERR_peek_error() == 0 ? Code::kUnavailable : Code::kUsage;
    return fail(code, "no TLS with it: " + openssl_reason() + "; is it redis:// instead?");
  }

  // In this order: the descriptor goes last.
  const UniqueFd fd_;
  const std::unique_ptr<SSL_CTX, FreeContext> context_;
  const std::unique_ptr<SSL, FreeSsl> ssl_;
};

bool expect_host(SSL* ssl, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  const bool is_address = ::inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
                          ::inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
  if (is_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  // SSL_set_tlsext_host_name() is a macro with a cast in it.
  return SSL_set1_host(ssl, host.c_str()) == 1 &&
         SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1;
}

}  // namespace

Result<std::unique_ptr<Transport>> open_tls(int fd, const std::string& host, SteadyTime deadline) {
  UniqueFd owned(fd);
  std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_set_default_verify_paths(context.get()) != 1) {
    return fail(Code::kUnavailable, "OpenSSL cannot start: " + openssl_reason());
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), owned.get()) != 1 || !expect_host(ssl.get(), host)) {
    return fail(Code::kUnavailable, "OpenSSL cannot start: " + openssl_reason());
  }
  auto tls = std::make_unique<Tls>(std::move(owned), std::move(context), std::move(ssl));
  if (auto done = tls->shake_hands(deadline); !done) return std::unexpected(done.error());
  return tls;
}

}  // namespace tinychat::redis
