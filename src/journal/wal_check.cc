// The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
#include "journal/wal_check.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <vector>

#include "journal/sqlite_file.h"

namespace tinychat::journal {
namespace {

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kMagic = 0x377f0682;  // and one more where the checksums are of big-endian words
constexpr std::uint32_t kPageBytesMin = 512;
constexpr std::uint32_t kPageBytesMax = 65536;

using Bytes = std::span<const unsigned char>;

std::uint32_t big_endian(Bytes bytes, std::size_t offset) {
  return std::uint32_t{bytes[offset]} << 24U | std::uint32_t{bytes[offset + 1]} << 16U |
         std::uint32_t{bytes[offset + 2]} << 8U | std::uint32_t{bytes[offset + 3]};
}

std::uint32_t little_endian(Bytes bytes, std::size_t offset) {
  return std::uint32_t{bytes[offset + 3]} << 24U | std::uint32_t{bytes[offset + 2]} << 16U |
         std::uint32_t{bytes[offset + 1]} << 8U | std::uint32_t{bytes[offset]};
}

// It goes on over the header and all frames.
class Checksum {
 public:
  explicit Checksum(bool is_big_endian) : word_(is_big_endian ? big_endian : little_endian) {}
  // Goes on from what a frame says.
  Checksum(bool is_big_endian, Bytes frame) : Checksum(is_big_endian) {
    first_ = big_endian(frame, 16);
    second_ = big_endian(frame, 20);
  }

  void add_frame(Bytes frame) {
    add(frame.first(8));
    add(frame.subspan(kFrameHeaderBytes));
  }

  void add(Bytes bytes) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
      first_ += word_(bytes, i) + second_;
      second_ += word_(bytes, i + 4) + first_;
    }
  }
  [[nodiscard]] bool is(Bytes bytes, std::size_t offset) const {
    return first_ == big_endian(bytes, offset) && second_ == big_endian(bytes, offset + 4);
  }

 private:
  std::uint32_t (*word_)(Bytes, std::size_t);
  std::uint32_t first_ = 0;
  std::uint32_t second_ = 0;
};

bool read(std::ifstream& in, std::vector<unsigned char>& bytes) {
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return static_cast<std::size_t>(in.gcount()) == bytes.size();
}

struct Frame {
  Bytes header;

  [[nodiscard]] bool ends_transaction() const { return big_endian(header, 4) != 0; }
  // Else it is left over from before the log was begun anew.
  [[nodiscard]] bool is_of(Bytes log_header) const {
    return std::memcmp(header.data() + 8, log_header.data() + 16, 8) == 0;
  }
};

// The most commits that follow each other behind the first bad frame. A commit that failed and was written
// over leaves its end there, with one commit, and so does each one before it.
std::size_t commits_behind(std::ifstream& in, Bytes log_header, std::vector<unsigned char>& bytes,
                           bool is_big_endian) {
  std::size_t most = 0;
  std::size_t commits = 0;
  do {
    const Frame frame{Bytes(bytes).first(kFrameHeaderBytes)};
    if (frame.is_of(log_header) && frame.ends_transaction()) most = std::max(most, ++commits);
    Checksum checksum(is_big_endian, bytes);
    if (!read(in, bytes)) break;
    checksum.add_frame(bytes);
    if (!checksum.is(bytes, 16)) commits = 0;
  } while (true);
  return most;
}

bool is_head(Bytes header) {
  const std::uint32_t magic = big_endian(header, 0);
  const std::uint32_t page_bytes = big_endian(header, 8);
  Checksum checksum((magic & 1U) != 0);
  checksum.add(header.first(kHeaderBytes - 8));
  return (magic & ~1U) == kMagic && page_bytes >= kPageBytesMin && page_bytes <= kPageBytesMax &&
         std::has_single_bit(page_bytes) && checksum.is(header, kHeaderBytes - 8);
}

WalFindings read_log(std::ifstream& in, Bytes header, const std::string& name) {
  const bool is_big_endian = (big_endian(header, 0) & 1U) != 0;
  Checksum checksum(is_big_endian);
  checksum.add(header.first(kHeaderBytes - 8));
  std::vector<unsigned char> bytes(kFrameHeaderBytes + big_endian(header, 8));
  for (std::size_t number = 1; read(in, bytes); ++number) {
    checksum.add_frame(bytes);
    if (Frame{Bytes(bytes).first(kFrameHeaderBytes)}.is_of(header) && checksum.is(bytes, 16)) continue;
    if (commits_behind(in, header, bytes, is_big_endian) < 2) return {};
    return {
        .damage = {},
        .doubt =
            "its write-ahead log " + name + " can be read up to page " + std::to_string(number) +
            ", and commits follow that cannot: a disk that lost power or failed leaves this of commits that "
            "were not acknowledged, else it is damage"};
  }
  return {};
}

}  // namespace

Result<WalFindings> look_at_wal(const std::filesystem::path& database) {
  const auto path = beside(database, "-wal");
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size <= kHeaderBytes) return WalFindings{};
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return fail(Code::kUsage,
                "cannot read " + path.string() + ": " + std::strerror(errno) + "; make it readable");
  }
  const std::string name = path.filename().string();
  std::vector<unsigned char> header(kHeaderBytes);
  if (!read(in, header)) return WalFindings{};
  WalFindings findings;
  if (is_head(header)) {
    findings = read_log(in, header, name);
  } else if (std::ranges::any_of(header, [](unsigned char byte) { return byte != 0; })) {
    findings.damage =
        "the head of its write-ahead log " + name + " is damaged, so that nothing in there can be read";
  }
  // It may have been begun anew meanwhile.
  std::vector<unsigned char> again(kHeaderBytes);
  in.clear();
  in.seekg(0);
  if (!read(in, again) || again != header) return WalFindings{};
  return findings;
}

}  // namespace tinychat::journal
