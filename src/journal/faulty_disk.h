// A disk that fails, for tests of the SQLite journal: an SQLite VFS in front of the system's. It can
// fail writes, syncs and openings, and it keeps a copy of every file as of its last sync: what a loss of
// power leaves at worst. Header only, so that it is in the tests and not in the program.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <filesystem>
#include <new>
#include <string>

namespace tinychat::journal {

class FaultyDisk;

// SQLite gives the memory: for this and, behind it, for the system's own.
struct FaultyFile {
  sqlite3_file base;
  FaultyDisk* disk;
  const char* path;  // SQLite keeps it until the file is closed

  [[nodiscard]] sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

// The same method of the system's file.
template <auto Method>
struct Forward;
template <typename Answer, typename... Arguments,
          Answer (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct Forward<Method> {
  static Answer call(sqlite3_file* base, Arguments... arguments) {
    sqlite3_file* const real = reinterpret_cast<FaultyFile*>(base)->real();
    return (real->pMethods->*Method)(real, arguments...);
  }
};

// One at a time; it must outlive what is open on it. One thread.
class FaultyDisk {
 public:
  static constexpr const char* kName = "tinychat-faulty-disk";

  // `synced`: the directory for the copies.
  explicit FaultyDisk(std::filesystem::path synced)
      : synced_(std::move(synced)), system_(sqlite3_vfs_find(nullptr)), vfs_(*system_) {
    vfs_.zName = kName;
    vfs_.pNext = nullptr;
    vfs_.pAppData = this;
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 0);
  }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }

  // Of the writes, truncations and syncs from now on, the `first`-th (from 1) and those after it,
  // `count` of them, fail. A write that fails has written half. `full`: as a full disk does, where
  // syncs go on working.
  void fail(std::uint64_t first, std::uint64_t count, bool full) {
    first_ = first;
    count_ = count;
    full_ = full;
    counted_ = 0;
    failed_ = 0;
  }
  void heal() { fail(1, 0, false); }
  // Opening a file counts as well, from now on.
  void count_opens() { counts_opens_ = true; }
  [[nodiscard]] std::uint64_t failed() const { return failed_; }

 private:
  using File = FaultyFile;

  static File* file(sqlite3_file* base) { return reinterpret_cast<File*>(base); }
  static FaultyDisk& disk_of(sqlite3_file* base) { return *file(base)->disk; }

  bool fails(bool sync) {
    if (sync && full_) return false;
    ++counted_;
    if (counted_ < first_ || counted_ - first_ >= count_) return false;
    ++failed_;
    return true;
  }

  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* base, int flags, int* flags_out) {
    auto* const disk = static_cast<FaultyDisk*>(vfs->pAppData);
    if (disk->counts_opens_ && disk->fails(false)) {
      base->pMethods = nullptr;
      return SQLITE_CANTOPEN;
    }
    File* const opened = new (base) File{{nullptr}, disk, path};
    const int code = disk->system_->xOpen(disk->system_, path, opened->real(), flags, flags_out);
    if (code == SQLITE_OK) opened->base.pMethods = &kMethods;
    return code;
  }
  static int remove(sqlite3_vfs* vfs, const char* path, int sync) {
    auto* const disk = static_cast<FaultyDisk*>(vfs->pAppData);
    std::error_code ignored;
    std::filesystem::remove(disk->synced_ / std::filesystem::path(path).filename(), ignored);
    return disk->system_->xDelete(disk->system_, path, sync);
  }
  static int write(sqlite3_file* base, const void* bytes, int count, sqlite3_int64 offset) {
    if (!file(base)->disk->fails(false))
      return Forward<&sqlite3_io_methods::xWrite>::call(base, bytes, count, offset);
    Forward<&sqlite3_io_methods::xWrite>::call(base, bytes, count / 2, offset);
    return file(base)->disk->full_ ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  static int truncate(sqlite3_file* base, sqlite3_int64 size) {
    if (file(base)->disk->fails(false)) return SQLITE_IOERR_TRUNCATE;
    return Forward<&sqlite3_io_methods::xTruncate>::call(base, size);
  }
  static int sync(sqlite3_file* base, int flags) {
    FaultyDisk* const disk = file(base)->disk;
    if (disk->fails(true)) return SQLITE_IOERR_FSYNC;
    const int code = Forward<&sqlite3_io_methods::xSync>::call(base, flags);
    const std::filesystem::path path = file(base)->path;
    std::filesystem::copy_file(path, disk->synced_ / path.filename(),
                               std::filesystem::copy_options::overwrite_existing);
    return code;
  }

  static const sqlite3_io_methods kMethods;

  const std::filesystem::path synced_;
  sqlite3_vfs* const system_;
  sqlite3_vfs vfs_;
  std::uint64_t first_ = 1;
  std::uint64_t count_ = 0;
  bool full_ = false;
  bool counts_opens_ = false;
  std::uint64_t counted_ = 0;
  std::uint64_t failed_ = 0;
};

inline const sqlite3_io_methods FaultyDisk::kMethods = {
    .iVersion = 2,
    .xClose = Forward<&sqlite3_io_methods::xClose>::call,
    .xRead = Forward<&sqlite3_io_methods::xRead>::call,
    .xWrite = write,
    .xTruncate = truncate,
    .xSync = sync,
    .xFileSize = Forward<&sqlite3_io_methods::xFileSize>::call,
    .xLock = Forward<&sqlite3_io_methods::xLock>::call,
    .xUnlock = Forward<&sqlite3_io_methods::xUnlock>::call,
    .xCheckReservedLock = Forward<&sqlite3_io_methods::xCheckReservedLock>::call,
    .xFileControl = Forward<&sqlite3_io_methods::xFileControl>::call,
    .xSectorSize = Forward<&sqlite3_io_methods::xSectorSize>::call,
    .xDeviceCharacteristics = Forward<&sqlite3_io_methods::xDeviceCharacteristics>::call,
    .xShmMap = Forward<&sqlite3_io_methods::xShmMap>::call,
    .xShmLock = Forward<&sqlite3_io_methods::xShmLock>::call,
    .xShmBarrier = Forward<&sqlite3_io_methods::xShmBarrier>::call,
    .xShmUnmap = Forward<&sqlite3_io_methods::xShmUnmap>::call,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

}  // namespace tinychat::journal
