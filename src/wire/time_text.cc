#include "wire/time_text.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace tinychat::wire {
namespace {

constexpr std::uint64_t kSecondsPerDay = 86'400;
// 9999-12-31T23:59:59.
constexpr std::uint64_t kLastSecond = 253'402'300'799;

struct Parts {
  std::uint64_t year, month, day, hour, minute, second;
  std::size_t weekday;  // 0 is Sunday
};

Parts parts_of(std::uint64_t utc_seconds) {
  const std::chrono::sys_days days{
      std::chrono::days{static_cast<std::int32_t>(utc_seconds / kSecondsPerDay)}};
  const std::chrono::year_month_day date{days};
  const std::uint64_t second = utc_seconds % kSecondsPerDay;
  return {static_cast<std::uint64_t>(static_cast<int>(date.year())),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          second / 3600,
          second / 60 % 60,
          second % 60,
          std::chrono::weekday{days}.c_encoding()};
}

void append_number(std::string& out, std::uint64_t value, std::size_t width) {
  const std::size_t begin = out.size();
  out.append(width, '0');
  for (std::size_t i = begin + width; i-- > begin; value /= 10) out[i] = static_cast<char>('0' + value % 10);
}

void append_clock(std::string& out, const Parts& parts) {
  append_number(out, parts.hour, 2);
  out += ':';
  append_number(out, parts.minute, 2);
  out += ':';
  append_number(out, parts.second, 2);
}

}  // namespace

std::string rfc3339(std::uint64_t utc_milliseconds) {
  utc_milliseconds = std::min(utc_milliseconds, kLastSecond * 1000 + 999);
  const Parts parts = parts_of(utc_milliseconds / 1000);
  std::string out;
  out.reserve(24);
  append_number(out, parts.year, 4);
  out += '-';
  append_number(out, parts.month, 2);
  out += '-';
  append_number(out, parts.day, 2);
  out += 'T';
  append_clock(out, parts);
  out += '.';
  append_number(out, utc_milliseconds % 1000, 3);
  out += 'Z';
  return out;
}

std::string http_date(std::uint64_t utc_seconds) {
  constexpr std::string_view kWeekdays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const Parts parts = parts_of(std::min(utc_seconds, kLastSecond));
  std::string out;
  out.reserve(29);
  out.append(kWeekdays.substr(3 * parts.weekday, 3)).append(", ");
  append_number(out, parts.day, 2);
  out.append(" ").append(kMonths.substr(3 * (parts.month - 1), 3)).append(" ");
  append_number(out, parts.year, 4);
  out += ' ';
  append_clock(out, parts);
  out += " GMT";
  return out;
}

}  // namespace tinychat::wire
