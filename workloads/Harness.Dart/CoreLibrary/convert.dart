// Encodings and codecs.
library dart.convert;

import 'dart:async';
import 'dart:typed_data';

part 'convert_bytes.dart';
part 'convert_json.dart';
part 'convert_sinks.dart';
part 'convert_text.dart';

abstract mixin class Converter<S, T> implements StreamTransformer<S, T> {
  const Converter();
  static Converter<TS, TT> castFrom<SS, ST, TS, TT>(Converter<SS, ST> source) => _CastConverter<SS, ST, TS, TT>(source);
  T convert(S input);
  Converter<S, TT> fuse<TT>(Converter<T, TT> other) => _FusedConverter<S, T, TT>(this, other);
  Converter<RS, RT> cast<RS, RT>() => _CastConverter<S, T, RS, RT>(this);
  Sink<S> startChunkedConversion(Sink<T> sink) => throw UnsupportedError('This converter does not support chunked conversions: $this');
  Stream<T> bind(Stream<S> stream) => Stream<T>.eventTransformed(stream, (EventSink<T> sink) => _ConvertingEventSink<S, T>(this, sink));
}

class _FusedConverter<S, M, T> extends Converter<S, T> {
  final Converter<S, M> _first;
  final Converter<M, T> _second;
  _FusedConverter(this._first, this._second);
  T convert(S input) => _second.convert(_first.convert(input));
  Sink<S> startChunkedConversion(Sink<T> sink) => _first.startChunkedConversion(_second.startChunkedConversion(sink));
}

class _CastConverter<SS, ST, TS, TT> extends Converter<TS, TT> {
  final Converter<SS, ST> _source;
  _CastConverter(this._source);
  TT convert(TS input) => _source.convert(input as SS) as TT;
}

abstract class Codec<S, T> {
  const Codec();
  T encode(S input) => encoder.convert(input);
  S decode(T encoded) => decoder.convert(encoded);
  Converter<S, T> get encoder;
  Converter<T, S> get decoder;
  Codec<S, R> fuse<R>(Codec<T, R> other) => _FusedCodec<S, T, R>(this, other);
  Codec<T, S> get inverted => _InvertedCodec<T, S>(this);
}

class _FusedCodec<S, M, T> extends Codec<S, T> {
  final Codec<S, M> _first;
  final Codec<M, T> _second;
  _FusedCodec(this._first, this._second);
  Converter<S, T> get encoder => _first.encoder.fuse<T>(_second.encoder);
  Converter<T, S> get decoder => _second.decoder.fuse<S>(_first.decoder);
}

class _InvertedCodec<T, S> extends Codec<T, S> {
  final Codec<S, T> _codec;
  _InvertedCodec(this._codec);
  Converter<T, S> get encoder => _codec.decoder;
  Converter<S, T> get decoder => _codec.encoder;
  Codec<S, T> get inverted => _codec;
}

abstract class Encoding extends Codec<String, List<int>> {
  const Encoding();
  String get name;
  Future<String> decodeStream(Stream<List<int>> byteStream) => decoder.bind(byteStream).join();
  static Encoding? getByName(String? name) => switch (name?.toLowerCase()) {
    'utf-8' || 'utf8' || 'csutf8' => utf8,
    'iso-8859-1' || 'iso_8859-1' || 'iso_8859-1:1987' || 'iso-ir-100' || 'latin1' || 'l1' || 'ibm819' || 'cp819' || 'csisolatin1' => latin1,
    'us-ascii' || 'ascii' || 'iso-ir-6' || 'ansi_x3.4-1968' || 'ansi_x3.4-1986' || 'iso_646.irv:1991' || 'iso646-us' || 'us' || 'ibm367' || 'cp367' || 'csascii' => ascii,
    _ => null,
  };
}
