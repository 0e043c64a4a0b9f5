/// What every library of the framework uses: keys, objects that tell listeners of changes, and the digest.
library;

/// Tells widgets of the same class apart, so that they keep their state where they change places.
abstract class Key {
  const Key();
}

class ValueKey<T> extends Key {
  final T value;
  const ValueKey(this.value);
  bool operator ==(Object other) => other is ValueKey<T> && value == other.value;
  int get hashCode => value.hashCode;
}

typedef Listener = void Function();

abstract interface class Listenable {
  void addListener(Listener listener);
  void removeListener(Listener listener);
}

/// Listeners that may come and go while they are told: who came later is not told, who went is not told any more.
mixin class ChangeNotifier implements Listenable {
  List<Listener> _listeners = const [];
  int _telling = 0;

  void addListener(Listener listener) {
    if (_telling > 0 || _listeners.isEmpty) _listeners = [..._listeners];
    _listeners.add(listener);
  }

  void removeListener(Listener listener) {
    if (_telling > 0) _listeners = [..._listeners];
    final index = _listeners.indexOf(listener);
    if (index >= 0) _listeners.removeAt(index);
  }

  void notifyListeners() {
    final told = _listeners;
    if (told.isEmpty) return;
    _telling++;
    for (int i = 0; i < told.length; i++) {
      if (identical(told, _listeners) || _listeners.contains(told[i])) told[i]();
    }
    _telling--;
  }

  void dispose() => _listeners = const [];
}

class ValueNotifier<T> extends ChangeNotifier {
  T _value;
  ValueNotifier(this._value);
  T get value => _value;
  set value(T next) {
    if (_value == next) return;
    _value = next;
    notifyListeners();
  }
}

/// A hash of numbers and texts in order, of 48 bits.
class Digest {
  int value = 0x2545f491;

  void addInt(int number) {
    value = ((value ^ (number & 0xffffffff)) * 0x01000193 + (number >> 32)) & 0xffffffffffff;
  }

  /// Numbers of layout in 64ths.
  void addDouble(double number) => addInt((number * 64.0).round());

  static int ofText(String text) {
    final digest = Digest();
    for (int i = 0; i < text.length; i++) digest.addInt(text.codeUnitAt(i));
    return digest.value;
  }
}
