;; test: code function=pure tier=optimized
;; test: code function=trapping tier=optimized
;;
;; A function from which nobody ever looks at the stack has no frame; one that may trap has.
(module
  (func $pure (param $x i32) (result i32)
    (i32.add (local.get $x) (i32.const 37)))
  (func $trapping (param $x i32) (result i32)
    (i32.div_u (i32.const 37) (local.get $x))))

;;> == code function=pure tier=optimized
;;> 4 bytes
;;>   add eax, 0x25                          ; pure: i32.add
;;>   ret                                    ; pure: end

;;> == code function=trapping tier=optimized
;;> 36 bytes
;;>   push rbp
;;>   mov rbp, rsp
;;>   push r14
;;>   sub rsp, 8
;;>   mov ecx, eax                           ; trapping: (entry)
;;>   mov eax, 0x25                          ; trapping: i32.div_u
;;>   test ecx, ecx
;;>   je L1
;;>   xor edx, edx
;;>   div ecx
;;>   leave                                  ; trapping: end
;;>   ret
;;> L1:
;;>   call Trap                              ; trapping: i32.div_u
