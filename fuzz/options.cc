// Option files, as --config reads them. The input is the file.
#include "app/options.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <variant>

#include "fuzz/support/check.h"

namespace tinychat::fuzz {
namespace {

// One file for all inputs, without a disk below it.
class File {
 public:
  File() : fd_(::memfd_create("tinychat.conf", 0)) { expect(fd_ >= 0, "a file in memory"); }
  void write(std::string_view bytes) {
    expect(::ftruncate(fd_, 0) == 0, "an empty file");
    expect(::pwrite(fd_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()), "a file");
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

void expect_usable(const app::Options& options) {
  expect(options.shards >= 1 && options.shards <= 1024, "shards within their limit");
  expect(
      options.limits.message_bytes_max >= 1 && options.limits.message_bytes_max <= limits::kTextBytesCeiling,
      "messages within their limit");
  expect(options.limits.heartbeat.count() >= 1 && options.limits.heartbeat.count() <= 3600,
         "a heartbeat within its limits");
  expect(options.limits.stream_lifetime.count() >= 0, "a lifetime");
  expect(options.retention.age_milliseconds_max <= 100'000ULL * 24 * 3600 * 1000, "an age within its limit");
  expect(!options.host.empty(), "a host");
}

void look_at(std::string_view input) {
  static File file;
  file.write(input);
  const std::string config = "--config=" + file.path();
  const char* const arguments[] = {"tinychat", config.c_str()};
  const auto read = app::read_options(2, arguments);
  if (!read) {
    expect(read.error().code == Code::kUsage, "an error of usage");
    expect(!read.error().detail.empty(), "an error that says something");
    expect(read.error().detail.find('\n') == std::string::npos, "an error on one line");
    return;
  }
  if (const auto* options = std::get_if<app::Options>(&*read)) expect_usable(*options);
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
