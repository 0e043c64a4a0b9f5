library dart.developer;

void log(String message, {DateTime? time, int? sequenceNumber, int level = 0, String name = '', Object? error, StackTrace? stackTrace}) {}
bool debugger({bool when = true, String? message}) => when;
