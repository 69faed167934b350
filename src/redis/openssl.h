// OpenSSL, loaded when a connection first asks for TLS. Few nodes do, and linked in it is a sixth of the
// memory of an idle program: its tables are written to wherever the program happens to be loaded.
#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/result.h"

namespace tinychat::redis {

// A function of a loaded library, of whatever type the one who takes it says.
class Symbol {
 public:
  explicit Symbol(void* address) : address_(address) {}
  template <typename Function>
  operator Function*() const {  // NOLINT(google-explicit-constructor)
    return reinterpret_cast<Function*>(address_);
  }

 private:
  void* address_;
};

class OpenSsl {
 public:
  // Loaded once and for good; any thread. Error: kUsage, with what to install.
  static Result<const OpenSsl*> load();

 private:
  OpenSsl() = default;
  Symbol find(const char* name);

  void* library_ = nullptr;
  const char* missing_ = nullptr;  // what was looked for in vain

 public:
  // The functions, by their names in lower case.
  decltype(&ERR_clear_error) err_clear_error = find("ERR_clear_error");
  decltype(&ERR_error_string_n) err_error_string_n = find("ERR_error_string_n");
  decltype(&ERR_peek_error) err_peek_error = find("ERR_peek_error");
  decltype(&ERR_peek_last_error) err_peek_last_error = find("ERR_peek_last_error");
  decltype(&SSL_CTX_ctrl) ssl_ctx_ctrl = find("SSL_CTX_ctrl");
  decltype(&SSL_CTX_free) ssl_ctx_free = find("SSL_CTX_free");
  decltype(&SSL_CTX_new) ssl_ctx_new = find("SSL_CTX_new");
  decltype(&SSL_CTX_set_default_verify_paths) ssl_ctx_set_default_verify_paths =
      find("SSL_CTX_set_default_verify_paths");
  decltype(&SSL_CTX_set_verify) ssl_ctx_set_verify = find("SSL_CTX_set_verify");
  decltype(&SSL_connect) ssl_connect = find("SSL_connect");
  decltype(&SSL_ctrl) ssl_ctrl = find("SSL_ctrl");
  decltype(&SSL_free) ssl_free = find("SSL_free");
  decltype(&SSL_get0_param) ssl_get0_param = find("SSL_get0_param");
  decltype(&SSL_get_error) ssl_get_error = find("SSL_get_error");
  decltype(&SSL_get_verify_result) ssl_get_verify_result = find("SSL_get_verify_result");
  decltype(&SSL_new) ssl_new = find("SSL_new");
  decltype(&SSL_read_ex) ssl_read_ex = find("SSL_read_ex");
  decltype(&SSL_set1_host) ssl_set1_host = find("SSL_set1_host");
  decltype(&SSL_set_fd) ssl_set_fd = find("SSL_set_fd");
  decltype(&SSL_write_ex) ssl_write_ex = find("SSL_write_ex");
  decltype(&TLS_client_method) tls_client_method = find("TLS_client_method");
  decltype(&X509_VERIFY_PARAM_set1_ip_asc) x509_verify_param_set1_ip_asc =
      find("X509_VERIFY_PARAM_set1_ip_asc");
  decltype(&X509_verify_cert_error_string) x509_verify_cert_error_string =
      find("X509_verify_cert_error_string");
};

}  // namespace tinychat::redis
